#!/usr/bin/env bash
set -euo pipefail

echo "now run: docker compose up -d"
