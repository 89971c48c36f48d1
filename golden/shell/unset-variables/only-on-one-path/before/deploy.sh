#!/bin/bash
set -e

if [ -f VERSION ]; then
  TAG=$(cat VERSION)
fi
( REGISTRY=registry.example.com )
docker push "$REGISTRY/shop:$TAG"
