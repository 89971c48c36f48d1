#!/bin/sh
set -eu
docker stack deploy -c compose.yml orders
