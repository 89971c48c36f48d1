#!/bin/sh
set -e
# docker-compose up
DC=docker-compose
$DC -f docker-compose.yml up -d
which docker-compose
cp docker-compose.yml docker-compose.bak
echo "run docker-compose logs -f" > docker-compose.txt
printf '%s\n' docker-compose
cat <<EOF
docker-compose down
EOF
