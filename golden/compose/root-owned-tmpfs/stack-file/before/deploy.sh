#!/bin/sh
set -eu
docker stack deploy -c stack.compose.yml shop
