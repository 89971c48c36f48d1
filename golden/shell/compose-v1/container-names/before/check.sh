#!/bin/sh
set -e
docker-compose up -d db
sleep 5
docker exec shop_db_1 psql -U shop -c 'select 1'
