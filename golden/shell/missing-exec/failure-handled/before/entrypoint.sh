#!/bin/sh
set -e

node server.js || { echo "no server" >&2; exit 1; }
