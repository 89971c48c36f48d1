#!/bin/sh
set -eu
pnpm exec prisma generate
exec dumb-init node dist/main.js
