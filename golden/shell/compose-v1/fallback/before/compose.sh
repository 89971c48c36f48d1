#!/bin/bash
set -e
if docker compose version >/dev/null 2>&1; then
  docker compose "$@"
else
  docker-compose "$@"
fi
docker compose ps || docker-compose ps
