#!/usr/bin/env bash
# Builds and starts the stack on the server.
#   scripts/deploy.sh [service ...]
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

COMPOSE_FILE="${COMPOSE_FILE:-docker-compose.yml}"

git pull --ff-only

docker compose -f "$COMPOSE_FILE" config -q
docker compose -f "$COMPOSE_FILE" up -d --build "$@"
docker compose -f "$COMPOSE_FILE" ps
