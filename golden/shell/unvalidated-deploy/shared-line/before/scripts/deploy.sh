#!/usr/bin/env bash
set -euo pipefail

for host in a b; do DOCKER_HOST="ssh://$host" docker compose up -d; done
