#!/usr/bin/env bash
set -euo pipefail

docker compose \
  -f compose.yaml \
  up -d
