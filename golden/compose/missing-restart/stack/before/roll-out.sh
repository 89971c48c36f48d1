#!/bin/sh
set -eu
docker stack deploy -c docker-compose.swarm.yml ferry
