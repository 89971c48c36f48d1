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

docker build -t smoke-image -f Dockerfile .
smoke image

if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
