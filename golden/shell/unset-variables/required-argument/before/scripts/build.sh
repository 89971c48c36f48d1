#!/bin/bash
set -e

service="$1"
docker build -t "shop/$service" "services/$service"
