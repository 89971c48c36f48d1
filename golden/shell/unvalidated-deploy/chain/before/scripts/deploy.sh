#!/bin/sh
set -e
cd /srv/shop && git pull && docker compose -f compose.prod.yaml up -d --build
