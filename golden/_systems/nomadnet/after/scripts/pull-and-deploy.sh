#!/bin/bash
# Pulls the newest images and restarts the stack, called by cron on the server.
set -euo pipefail

cd "$(dirname "$0")/.."

SERVICE=${1:-}

if [ -z "${DOCKER_USERNAME:-}" ]; then
    echo "DOCKER_USERNAME is not set"
    exit 1
fi

echo "Updating the stack from docker-compose.production.yml as $DOCKER_USERNAME"
git pull --ff-only

docker compose -f docker-compose.production.yml config -q
docker compose -f docker-compose.production.yml pull $SERVICE
docker compose -f docker-compose.production.yml up -d $SERVICE

sleep 10
docker compose -f docker-compose.production.yml ps

# old layers fill the disk quickly
docker image prune -f > /dev/null
