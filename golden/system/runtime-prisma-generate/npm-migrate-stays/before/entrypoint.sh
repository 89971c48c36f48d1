#!/bin/sh
set -e

echo "Generating the Prisma client..."
npx prisma generate

# the database has to be up to date before the first request
echo "Applying migrations..."
npx prisma migrate deploy

exec node dist/main.js
