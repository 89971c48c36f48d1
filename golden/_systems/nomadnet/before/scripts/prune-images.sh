#!/bin/bash
# Removes unused images after asking, or without asking when ASSUME_YES=1.
set -euo pipefail

ASSUME_YES="${ASSUME_YES:-0}"

. "$(dirname "$0")/lib/common.sh"

if confirm "Remove all images without a container?"; then
  docker image prune -af
  info "done"
else
  warn "nothing removed"
fi
