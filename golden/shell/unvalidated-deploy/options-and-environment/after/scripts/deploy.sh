#!/usr/bin/env bash
set -euo pipefail

TAG="$1"
cat > .env.production <<EOF
TAG=$TAG
EOF

TAG="$TAG" sudo -E docker compose -f compose.yaml -f compose.prod.yaml --env-file .env.production -p shop --profile web config -q
echo "Starting $TAG"
TAG="$TAG" sudo -E docker compose -f compose.yaml -f compose.prod.yaml --env-file .env.production -p shop --profile web up -d
