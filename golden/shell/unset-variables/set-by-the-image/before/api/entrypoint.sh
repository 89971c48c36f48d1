#!/bin/sh
set -e

mkdir -p "$HOME/.atlas" "$ATLAS_HOME/pages"
echo "listening on $ATLAS_PORT"
exec "$@"
