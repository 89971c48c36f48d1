#!/bin/sh
set -eu
. "$(dirname "$0")/lib/log.sh"

PREFIX=run
log "starting"
exec node server.js
