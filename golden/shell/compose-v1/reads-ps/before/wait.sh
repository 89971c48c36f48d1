#!/bin/bash
set -e
docker-compose up -d
until docker-compose ps api | grep -q "Up (healthy)"; do
  sleep 2
done
