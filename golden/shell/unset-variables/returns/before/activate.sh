#!/bin/sh
set -e
[ -n "$ACTIVE" ] && return 0
export ACTIVE=1
