#!/bin/bash
# Pulls what changed.
set -e

BRANCH=$1
if [ -z "$BRANCH" ]; then
  BRANCH=main
fi
git pull origin "$BRANCH"
