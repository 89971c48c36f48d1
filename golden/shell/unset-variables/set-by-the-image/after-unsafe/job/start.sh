#!/bin/sh
set -eu

cd "$ATLAS_HOME"
echo "keeping $ATLAS_DAYS days"
exec "$@"
