#!/bin/sh
set -e

echo "Generating the Prisma client..."
npx prisma generate

exec node dist/server.js
