#!/bin/sh
set -eu
docker stack deploy -c compose.yaml shop
