#!/bin/sh
set -e

export PORT=3000
node server.js > /proc/1/fd/1 2>&1