#!/bin/sh
# Builds each image, starts it alone, and fails unless it is still running after SMOKE_SECONDS.
set -eu

cd "$(dirname "$0")/.."
seconds="${SMOKE_SECONDS:-10}"
failed=""

# smoke NAME [OPTION OF docker run ...]
smoke() {
  name="$1"
  shift
  container=$(docker run -d "$@" "smoke-$name")
  sleep "$seconds"
  if [ "$(docker inspect -f '{{.State.Running}}' "$container")" = true ]; then
    echo "$name is running"
  else
    echo "$name ended with status $(docker inspect -f '{{.State.ExitCode}}' "$container"):" >&2
    docker logs --tail 40 "$container" >&2
    failed="$failed $name"
  fi
  docker rm -f "$container" >/dev/null
}

docker build -t smoke-api-gateway -f services/api-gateway/Dockerfile services/api-gateway
smoke api-gateway \
  -e JWT_SECRET=smoke-value-of-32-characters-0000

docker build -t smoke-auth-service -f services/auth-service/Dockerfile services/auth-service
smoke auth-service \
  -e DB_PASSWORD=smoke-value-of-32-characters-0000 \
  -e JWT_SECRET=smoke-value-of-32-characters-0000

docker build -t smoke-frontend -f services/frontend/Dockerfile services/frontend
smoke frontend

docker build -t smoke-notification-service -f services/notification-service/Dockerfile services/notification-service
smoke notification-service

docker build -t smoke-statement-worker -f services/statement-worker/Dockerfile services/statement-worker
smoke statement-worker \
  -e DB_PASSWORD=smoke-value-of-32-characters-0000

docker build -t smoke-transaction-service -f services/transaction-service/Dockerfile services/transaction-service
smoke transaction-service \
  -e DB_PASSWORD=smoke-value-of-32-characters-0000

docker build -t smoke-wallet-service -f services/wallet-service/Dockerfile services/wallet-service
smoke wallet-service \
  -e DB_PASSWORD=smoke-value-of-32-characters-0000

if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
