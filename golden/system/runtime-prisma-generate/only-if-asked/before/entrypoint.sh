#!/bin/sh
set -e
if [ "${PRISMA_GENERATE:-0}" = "1" ]; then
  npx prisma generate
fi
exec node dist/main.js
