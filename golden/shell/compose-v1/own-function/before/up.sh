#!/bin/bash
set -e
docker-compose() {
  docker compose --project-name parcels "$@"
}
docker-compose up -d
