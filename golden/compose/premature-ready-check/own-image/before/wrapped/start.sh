#!/bin/sh
set -eu
exec docker-entrypoint.sh postgres
