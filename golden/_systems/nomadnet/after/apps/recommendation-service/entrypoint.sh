#!/bin/sh
set -eu  # stop on the first error
exec dumb-init node dist/main.js
