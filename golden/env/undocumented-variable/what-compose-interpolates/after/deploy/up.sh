#!/bin/sh
set -eu
RELEASE=$(git rev-parse --short HEAD) docker compose up -d
