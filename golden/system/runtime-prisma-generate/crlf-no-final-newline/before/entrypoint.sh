#!/bin/sh
set -e
export NODE_OPTIONS=--enable-source-maps
npx prisma generate --schema ./prisma/schema.prisma
exec node dist/main.js