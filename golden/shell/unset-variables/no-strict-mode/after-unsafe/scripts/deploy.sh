#!/bin/bash
#
# Deploys the stack on this host.
set -euo pipefail

ROOT="$(cd "$(dirname "$0")/.." && pwd)"
cd "$ROOT"
docker compose pull "$@"
docker compose ps | grep -q web
docker compose up -d
