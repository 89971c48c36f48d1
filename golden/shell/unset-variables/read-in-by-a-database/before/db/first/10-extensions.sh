#!/bin/bash
set -e

psql -v ON_ERROR_STOP=1 --dbname shop <<'SQL'
CREATE EXTENSION IF NOT EXISTS citext;
SQL
