#!/bin/bash
# usage: deploy.sh
git pull
docker compose up -d
