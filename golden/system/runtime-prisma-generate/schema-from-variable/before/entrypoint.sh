#!/bin/sh
set -e
npx prisma generate --schema="$SCHEMA"
exec node dist/main.js
