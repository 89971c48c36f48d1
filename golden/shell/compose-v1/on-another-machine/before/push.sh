#!/bin/bash
set -euo pipefail
host=$1
rsync -a ./ "deploy@$host:/srv/parcels"
ssh "deploy@$host" "cd /srv/parcels && docker-compose pull && docker-compose up -d"
