#!/bin/sh
set -e

npx prisma migrate deploy

# Generate the Prisma client
if ! npx prisma generate >/dev/null; then
  echo "the client could not be generated" >&2
  exit 1
fi

exec "$@"
