#!/bin/sh
set -e

echo "starting"
node server.js --port 3000   # the server
