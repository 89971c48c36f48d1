#!/bin/sh
set -e
mkdir -p /app/tmp /tmp/cache
echo "$SETTINGS" > /etc/tickets.json
exec "$@"
