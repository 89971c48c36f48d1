#!/bin/sh
set -e

echo "starting"
exec node server.js --port 3000   # the server
