#!/bin/sh
set -e
sed -i "s/postgresql/${DB_PROVIDER:-postgresql}/" prisma/schema.prisma
npx prisma generate
exec node dist/main.js
