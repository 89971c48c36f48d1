#!/bin/sh
# Dumps the database into infra/backups, called by cron on the host.
set -eu

cd "$(dirname "$0")/.."
keep="${KEEP_DAYS:-14}"
name="catalog-$(date +%Y%m%d-%H%M).dump"

docker compose -f infra/compose.yaml exec -T postgres \
  sh -c 'pg_dump -U "$POSTGRES_USER" -Fc "$POSTGRES_DB" > "/backups/$1"' sh "$name"

find infra/backups -name 'catalog-*.dump' -mtime "+$keep" -delete
echo "wrote infra/backups/$name"
