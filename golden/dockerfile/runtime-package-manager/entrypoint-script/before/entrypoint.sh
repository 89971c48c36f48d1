#!/bin/sh
set -eu

mkdir -p /tmp/cache
exec pnpm run start   # replaces the shell
