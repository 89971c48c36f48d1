#!/bin/sh
set -eu
git pull

set +e
docker compose config -q || exit 1
docker compose up -d
status=$?
set -e
exit $status
