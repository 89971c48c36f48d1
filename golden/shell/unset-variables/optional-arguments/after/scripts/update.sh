#!/bin/bash
# Restarts one service, or all of them.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
SERVICE=${1:-}
case "${2:-}" in
  --fast) WAIT=1 ;;
  *) WAIT=10 ;;
esac

docker compose pull $SERVICE
docker compose up -d $SERVICE
sleep "$WAIT"
