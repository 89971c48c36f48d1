#!/bin/bash
set -euo pipefail

service="$1"
docker build -t "shop/$service" "services/$service"
