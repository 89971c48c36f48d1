#!/usr/bin/env bash
set -euo pipefail

git pull

if [ "${1:-}" = "--all" ]; then
    # everything
    docker compose up -d
else
    docker compose up -d web
fi
