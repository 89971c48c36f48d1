#!/bin/sh
set -e
trap 'rm -f "$dump"' EXIT
dump=$(mktemp)
pg_dump > "$dump"
