#!/usr/bin/env bash
set -euo pipefail

npx prisma migrate deploy

echo "Starting…"
exec node dist/main.js
