#!/bin/bash
# usage: deploy.sh
git pull
docker compose config -q || exit 1
docker compose up -d
