#!/bin/sh
set -e

docker-compose build --pull
docker-compose run --rm api npm test && docker-compose down -v || {
  docker-compose down -v; exit 1; }
