#!/bin/sh
set -eu

mkdir -p /tmp/cache
exec node --enable-source-maps dist/main.js   # replaces the shell
