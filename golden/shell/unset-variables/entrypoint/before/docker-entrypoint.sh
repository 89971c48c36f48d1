#!/bin/sh
set -e

# dumb-init forwards SIGTERM to node
exec dumb-init node dist/main.js
