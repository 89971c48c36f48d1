#!/bin/sh
# Tells a new team member what is missing on the machine.
set -u

missing=0

need() {
  if command -v "$1" > /dev/null 2>&1; then
    echo "ok       $1"
  else
    echo "missing  $1"
    missing=1
  fi
}

need node
need pnpm
need docker

if docker compose version > /dev/null 2>&1; then
  echo "ok       docker compose"
elif command -v docker-compose > /dev/null 2>&1; then
  echo "outdated docker-compose (please install the compose plugin)"
  missing=1
else
  echo "missing  docker compose"
  missing=1
fi

exit "$missing"
