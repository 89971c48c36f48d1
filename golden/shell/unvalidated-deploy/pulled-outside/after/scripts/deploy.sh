#!/usr/bin/env bash
set -euo pipefail

git pull
docker compose config -q
docker compose pull
if [ -n "${WITH_DB:-}" ]; then
    docker compose up -d db
fi
docker compose up -d
