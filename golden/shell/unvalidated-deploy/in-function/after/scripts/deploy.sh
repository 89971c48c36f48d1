#!/usr/bin/env bash
set -euo pipefail

deploy() {
    local host="$1"
    export DOCKER_HOST="ssh://$host"
    docker compose config -q
    docker compose pull --quiet
    docker compose up --detach
}

deploy "$1"
