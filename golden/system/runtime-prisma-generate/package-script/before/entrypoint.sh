#!/bin/sh
set -e
npm run prisma:generate
npx prisma migrate deploy
exec node dist/main.js
