#!/bin/sh
set -eu
# .env.example shows what is needed
[ -f .env ] || { echo "copy .env.example to .env first" >&2; exit 1; }
. ./.env
