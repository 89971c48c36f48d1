#!/bin/sh
set -eu  # stop on the first error
pnpm exec prisma generate
exec dumb-init node dist/main.js
