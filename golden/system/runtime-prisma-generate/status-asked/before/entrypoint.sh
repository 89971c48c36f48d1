#!/bin/sh
npx prisma generate
if [ $? -ne 0 ]; then
  echo "no client" >&2
  exit 1
fi
exec node dist/main.js
