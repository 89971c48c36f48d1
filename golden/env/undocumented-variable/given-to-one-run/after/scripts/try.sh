#!/bin/sh
set -eu

docker build -t desk .
docker run --rm \
  -e DESK_TOKEN=nothing-real \
  desk node --check desk.js
