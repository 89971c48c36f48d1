#!/bin/bash
#
# Deploys the production stack on this host.
# usage: scripts/deploy-production.sh [service...]
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
COMPOSE_FILE=docker-compose.production.yml

cd "$ROOT"

if [ ! -f .env ]; then
  echo "No .env in $ROOT, copy .env.example first" >&2
  exit 1
fi

docker compose -f "$COMPOSE_FILE" config -q
echo "Pulling images"
docker compose -f "$COMPOSE_FILE" pull "$@"

echo "Starting services"
docker compose -f "$COMPOSE_FILE" up -d --remove-orphans "$@"

# give the gateway a moment before showing the table
sleep 15
docker compose -f "$COMPOSE_FILE" ps

docker image prune -f
echo "Done. Logs: docker compose -f $COMPOSE_FILE logs -f"
