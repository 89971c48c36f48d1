#!/bin/sh
set -e
# prisma generate ran in the build
npx prisma migrate deploy
echo "run npx prisma generate locally after a change"
exec node dist/main.js
