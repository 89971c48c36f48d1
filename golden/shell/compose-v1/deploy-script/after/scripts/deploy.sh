#!/usr/bin/env bash
# Deploys the parcel service. Needs docker-compose.prod.yml beside it.
set -euo pipefail

cd "$(dirname "$0")/.."
COMPOSE_FILE="${COMPOSE_FILE:-docker-compose.prod.yml}"

echo "Deploying with docker-compose ..."
docker compose -f "$COMPOSE_FILE" pull   # newest images
  docker compose -f "$COMPOSE_FILE" up -d \
    --remove-orphans
if sudo -E docker compose -f "$COMPOSE_FILE" exec -T api ./migrate; then
	id=$(docker compose -f "$COMPOSE_FILE" ps -q api)
	echo "api runs as $id; see docker-compose logs"
fi
exec docker compose -f "$COMPOSE_FILE" logs -f --tail=20