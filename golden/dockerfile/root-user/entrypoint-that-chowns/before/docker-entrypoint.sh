#!/bin/sh
# the volume may come from an older release
chown -R node /data
exec "$@"
