#!/bin/sh
set -e
pnpm exec prisma generate && pnpm exec prisma migrate deploy && exec node dist/main.js
