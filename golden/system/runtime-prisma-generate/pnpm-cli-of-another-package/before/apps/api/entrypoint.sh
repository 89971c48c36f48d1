#!/bin/sh
set -e
npx prisma generate --schema=packages/db/prisma/schema.prisma
exec node apps/api/dist/main.js
