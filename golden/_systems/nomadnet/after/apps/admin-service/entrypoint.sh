#!/bin/sh
set -eu
pnpm exec prisma generate && echo "prisma client ready"
exec dumb-init node dist/main.js "$@"
