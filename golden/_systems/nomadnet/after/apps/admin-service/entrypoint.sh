#!/bin/sh
set -eu
echo "prisma client ready"
exec dumb-init node dist/main.js "$@"
