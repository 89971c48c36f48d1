#!/bin/sh
set -e
bash -c "docker-compose down"
"docker-compose" build
docker-compose --compatibility up -d
docker-compose pull --parallel
