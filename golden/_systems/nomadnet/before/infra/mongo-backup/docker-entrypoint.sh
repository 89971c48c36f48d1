#!/bin/sh
# The volume was created by an older image that ran as root. Hand it over to
# the backup user before dropping privileges.
set -eu

if [ "$(id -u)" = "0" ]; then
  chown -R backup:backup /backups
  exec su-exec backup "$@"
fi

exec "$@"
