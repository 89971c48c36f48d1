#!/bin/sh
set -eu
git pull
docker-compose up -d --build
