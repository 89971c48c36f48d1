#!/bin/sh
set -eu
git pull

set +e
docker compose up -d
status=$?
set -e
exit $status
