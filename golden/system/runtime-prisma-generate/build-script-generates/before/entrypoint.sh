#!/bin/sh
set -e
# Prisma client
npx prisma generate

exec node dist/main.js
