#!/bin/sh
set -eu

# dumb-init forwards SIGTERM to node
exec dumb-init node dist/main.js
