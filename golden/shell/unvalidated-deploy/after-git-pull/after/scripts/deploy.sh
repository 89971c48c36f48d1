#!/usr/bin/env bash
set -euo pipefail

cd "$(dirname "$0")/.."
git pull --ff-only

docker compose config -q

# new images first, so that the gap is short
docker compose pull
docker compose up -d --remove-orphans

docker image prune -f
