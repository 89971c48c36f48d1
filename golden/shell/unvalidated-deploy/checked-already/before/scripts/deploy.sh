#!/usr/bin/env bash
set -euo pipefail

git pull
docker compose config --quiet
docker compose up -d
