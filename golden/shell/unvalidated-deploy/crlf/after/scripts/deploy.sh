#!/usr/bin/env bash
set -euo pipefail

git pull
docker-compose config -q
docker-compose up -d
