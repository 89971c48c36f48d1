#!/usr/bin/env bash
set -euo pipefail

git pull
out=$(
  docker compose up -d 2>&1
)
echo "$out"
