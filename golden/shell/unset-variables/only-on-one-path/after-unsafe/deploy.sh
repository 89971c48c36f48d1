#!/bin/bash
set -euo pipefail

if [ -f VERSION ]; then
  TAG=$(cat VERSION)
fi
( REGISTRY=registry.example.com )
docker push "$REGISTRY/shop:$TAG"
