#!/bin/sh
set -e

if [ "$ROLE" = "worker" ]; then
  echo worker
  node worker.js
else
  node server.js
fi
