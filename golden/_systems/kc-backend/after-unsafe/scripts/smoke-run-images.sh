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

docker build -t smoke-admin-service -f services/admin-service/Dockerfile .
smoke admin-service \
  -e DATABASE_URL=postgresql://smoke:smoke@127.0.0.1:5432/smoke \
  -e JWT_SECRET=smoke-value-of-32-characters-0000

docker build -t smoke-api-gateway -f services/api-gateway/Dockerfile .
smoke api-gateway \
  -e JWT_SECRET=smoke-value-of-32-characters-0000

docker build -t smoke-booking-service -f services/booking-service/Dockerfile .
smoke booking-service \
  -e DATABASE_URL=postgresql://smoke:smoke@127.0.0.1:5432/smoke \
  -e RAZORPAY_KEY_ID=smoke-value-of-32-characters-0000 \
  -e RAZORPAY_KEY_SECRET=smoke-value-of-32-characters-0000

docker build -t smoke-course-service -f services/course-service/Dockerfile .
smoke course-service \
  -e DATABASE_URL=postgresql://smoke:smoke@127.0.0.1:5432/smoke

docker build -t smoke-notification-worker -f services/notification-worker/Dockerfile .
smoke notification-worker \
  -e MAIL_FROM=smoke-value-of-32-characters-0000 \
  -e SMTP_URL=smtp://127.0.0.1:25

docker build -t smoke-student-auth-service -f services/student-auth-service/Dockerfile .
smoke student-auth-service \
  -e DATABASE_URL=postgresql://smoke:smoke@127.0.0.1:5432/smoke \
  -e JWT_SECRET=smoke-value-of-32-characters-0000 \
  -e REDIS_URL=redis://127.0.0.1:6379

docker build -t smoke-student-service -f services/student-service/Dockerfile .
smoke student-service \
  -e DATABASE_URL=postgresql://smoke:smoke@127.0.0.1:5432/smoke

docker build -t smoke-trainer-auth-service -f services/trainer-auth-service/Dockerfile .
smoke trainer-auth-service \
  -e DATABASE_URL=postgresql://smoke:smoke@127.0.0.1:5432/smoke \
  -e JWT_SECRET=smoke-value-of-32-characters-0000

if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
