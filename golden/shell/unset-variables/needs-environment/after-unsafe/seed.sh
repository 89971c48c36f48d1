#!/bin/sh
set -eu

export STAGE="$STAGE"
echo "seeding $DATABASE_URL"
seed --url "$DATABASE_URL" --home "$HOME"
