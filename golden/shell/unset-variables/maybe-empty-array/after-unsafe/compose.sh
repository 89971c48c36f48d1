#!/bin/bash
set -euo pipefail

files=()
for one in *.yml; do
  files+=(-f "$one")
done
extra=()
docker compose "${files[@]}" "${extra[@]}" up -d
