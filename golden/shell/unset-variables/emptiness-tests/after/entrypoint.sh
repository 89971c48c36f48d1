#!/bin/sh
set -eu

if [ -z "${DATABASE_URL:-}" ]; then
  echo "DATABASE_URL is not set" >&2
  exit 1
fi
[ -n "${REDIS_URL:-}" ] || { echo "REDIS_URL is not set" >&2; exit 1; }

if [ "${RUN_SEED:-}" = true ] && [ -n "${SEED_FILE:-}" ]; then
  seed --url "$DATABASE_URL" --file "$SEED_FILE"
fi

echo "database at ${DATABASE_URL##*@}, cache at $REDIS_URL"
exec node dist/main.js
