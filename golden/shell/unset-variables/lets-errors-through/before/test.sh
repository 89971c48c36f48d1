#!/bin/bash
set -e
set +e
npm test
status=$?
set -e
docker compose down
exit "$status"
