#!/bin/sh
set -eu
pnpm exec prisma generate

# dumb-init forwards SIGTERM to node
exec dumb-init node dist/main.js
