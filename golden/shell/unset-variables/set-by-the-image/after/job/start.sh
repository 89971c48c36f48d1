#!/bin/sh
set -e

cd "$ATLAS_HOME"
echo "keeping $ATLAS_DAYS days"
exec "$@"
