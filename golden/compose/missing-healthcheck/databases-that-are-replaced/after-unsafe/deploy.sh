#!/bin/sh
set -eu
docker stack deploy -c docker-compose.stack.yml orchard
