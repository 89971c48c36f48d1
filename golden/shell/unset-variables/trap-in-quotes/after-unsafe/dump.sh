#!/bin/sh
set -eu
trap 'rm -f "$dump"' EXIT
dump=$(mktemp)
pg_dump > "$dump"
