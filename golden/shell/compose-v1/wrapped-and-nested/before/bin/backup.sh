#!/bin/sh
docker compose exec -T db pg_dump -U parcels parcels > "backup-$(date +%F).sql"
