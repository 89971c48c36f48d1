#!/usr/bin/env bash
set -euo pipefail

git pull

docker compose config -q
if [ "${1:-}" = "--all" ]; then
    # everything
    docker compose up -d
else
    docker compose up -d web
fi
