#!/bin/sh
set -eu
export APP_PORT=4000
docker compose up -d
