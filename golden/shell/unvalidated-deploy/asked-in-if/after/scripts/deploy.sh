#!/bin/sh
set -eu
git fetch && git reset --hard origin/main

docker compose config -q
if ! docker compose up -d; then
	echo "no" >&2
	exit 1
fi
