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

docker build -t smoke-admin-service -f apps/admin-service/Dockerfile .
smoke admin-service \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke

docker build -t smoke-admin-ui -f apps/admin-ui/Dockerfile --build-arg NEXT_PUBLIC_SERVER_URI=https://api.nomadnet.example --build-arg NEXT_PUBLIC_SELLER_SERVER_URI=https://sellers.nomadnet.example --build-arg NEXT_PUBLIC_CHATTING_WEBSOCKET_URI=wss://api.nomadnet.example/chatting --build-arg NEXT_PUBLIC_USER_UI_LINK=https://nomadnet.example .
smoke admin-ui

docker build -t smoke-api-gateway -f apps/api-gateway/Dockerfile .
smoke api-gateway \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke

docker build -t smoke-auth-service -f apps/auth-service/Dockerfile .
smoke auth-service \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke \
  -e JWT_SECRET=smoke-value-of-32-characters-0000

docker build -t smoke-chatting-service -f apps/chatting-service/Dockerfile .
smoke chatting-service \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke

docker build -t smoke-kafka-service -f apps/kafka-service/Dockerfile .
smoke kafka-service

docker build -t smoke-logger-service -f apps/logger-service/Dockerfile .
smoke logger-service \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke

docker build -t smoke-mongo-backup -f infra/mongo-backup/Dockerfile .
smoke mongo-backup

docker build -t smoke-order-service -f apps/order-service/Dockerfile .
smoke order-service \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke \
  -e QPAY_PASSWORD=smoke-value-of-32-characters-0000

docker build -t smoke-product-service -f apps/product-service/Dockerfile .
smoke product-service \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke

docker build -t smoke-recommendation-service -f apps/recommendation-service/Dockerfile .
smoke recommendation-service \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke

docker build -t smoke-seller-service -f apps/seller-service/Dockerfile .
smoke seller-service \
  -e DATABASE_URL=mongodb://127.0.0.1:27017/smoke

docker build -t smoke-seller-ui -f apps/seller-ui/Dockerfile --build-arg NEXT_PUBLIC_SERVER_URI=https://api.nomadnet.example --build-arg NEXT_PUBLIC_SELLER_SERVER_URI=https://sellers.nomadnet.example --build-arg NEXT_PUBLIC_CHATTING_WEBSOCKET_URI=wss://api.nomadnet.example/chatting --build-arg NEXT_PUBLIC_USER_UI_LINK=https://nomadnet.example .
smoke seller-ui

docker build -t smoke-user-ui -f apps/user-ui/Dockerfile --build-arg NEXT_PUBLIC_SERVER_URI=https://api.nomadnet.example --build-arg NEXT_PUBLIC_SELLER_SERVER_URI=https://sellers.nomadnet.example --build-arg NEXT_PUBLIC_CHATTING_WEBSOCKET_URI=wss://api.nomadnet.example/chatting --build-arg NEXT_PUBLIC_USER_UI_LINK=https://nomadnet.example .
smoke user-ui

if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
