#!/bin/sh
# Searches images for known vulnerabilities: those given, else all of this repository. Needs trivy.
set -eu

cd "$(dirname "$0")/.."
severity="${SCAN_SEVERITY:-HIGH,CRITICAL}"
failed=""

if ! command -v trivy >/dev/null; then
  echo "trivy is not installed: https://trivy.dev" >&2
  exit 2
fi

if [ "$#" -eq 0 ]; then
  images=$(docker compose -f docker-compose.yml config --images)
  # shellcheck disable=SC2086 # names of images hold no blanks
  set -- $images
fi

for image in "$@"; do
  echo "== $image"
  trivy image --severity "$severity" --ignore-unfixed --exit-code 1 "$image" || failed="$failed $image"
done

if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
