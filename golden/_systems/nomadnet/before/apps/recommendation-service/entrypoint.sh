#!/bin/sh
set -e  # stop on the first error
pnpm exec prisma generate
exec dumb-init node dist/main.js
