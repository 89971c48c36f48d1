#!/bin/sh
set -eu

interval="${BACKUP_INTERVAL:-86400}"
keep="${BACKUP_KEEP_DAYS:-14}"

: "${DATABASE_URL:?DATABASE_URL is required}"

while true; do
  file="/backups/nomadnet-$(date +%Y%m%d-%H%M%S).gz"
  mongodump --uri="$DATABASE_URL" --archive="$file" --gzip --quiet
  find /backups -name 'nomadnet-*.gz' -mtime "+$keep" -delete
  echo "wrote $file"
  sleep "$interval"
done
