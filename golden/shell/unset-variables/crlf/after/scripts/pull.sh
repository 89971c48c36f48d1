#!/bin/bash
# Pulls what changed.
set -euo pipefail

BRANCH=${1:-}
if [ -z "$BRANCH" ]; then
  BRANCH=main
fi
git pull origin "$BRANCH"
