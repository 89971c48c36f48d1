#!/bin/sh
set -eu
docker-compose -f "$STAND_FILE" up -d
