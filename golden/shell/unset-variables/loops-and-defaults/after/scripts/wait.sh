#!/bin/sh
set -eux

: "${DB_HOST:=db}"
HOST="$DB_HOST:${DB_PORT:-5432}"
tries=0
state=unknown
while [ "$tries" -lt 3 ]; do
  tries=$((tries + 1))
  if nc -z "$HOST"; then
    state=up
    break
  else
    state=down
  fi
done
echo "$HOST is $state after $tries"

while read -r line; do
  echo "  $line"
done <<EOF
$(hostname) sees $HOST
EOF
export LD_LIBRARY_PATH=/opt/lib:${LD_LIBRARY_PATH:-}
echo 'costs $HOME' "${DEBUG:+debugging $DEBUG}" "${UNUSED+set}"
