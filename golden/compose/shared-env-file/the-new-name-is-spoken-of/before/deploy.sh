#!/bin/sh
set -e
git pull
docker compose --env-file .env.prod -f docker-compose.prod.yml up -d
