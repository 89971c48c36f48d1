#!/usr/bin/env bash
set -euo pipefail

npx prisma generate || { echo "prisma generate failed" >&2; exit 1; }
npx prisma migrate deploy

echo "Starting…"
exec node dist/main.js
