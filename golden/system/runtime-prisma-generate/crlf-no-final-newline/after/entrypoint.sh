#!/bin/sh
set -e
export NODE_OPTIONS=--enable-source-maps
exec node dist/main.js