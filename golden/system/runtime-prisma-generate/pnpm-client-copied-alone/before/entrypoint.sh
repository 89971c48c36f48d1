#!/bin/sh
set -e
pnpm exec prisma generate
exec node dist/main.js
