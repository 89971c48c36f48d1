#!/bin/sh
set -e

if [ "$ROLE" = "worker" ]; then
  echo worker
  exec node worker.js
else
  exec node server.js
fi
