#!/bin/sh
set -eu
exec dumb-init node dist/main.js
