#!/bin/bash
set -e

if ! command -v docker-compose &> /dev/null; then
    echo "docker-compose is not installed. Please install docker-compose first."
    exit 1
fi

docker-compose down
docker-compose up -d
