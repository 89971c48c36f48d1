#!/bin/sh
set -e
mkdir -p /tmp/cache "/data/queue"   # the first one is everybody's
exec "$@"
