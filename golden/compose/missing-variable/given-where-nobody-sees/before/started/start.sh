#!/bin/sh
set -eu
DATABASE_URL="postgres://$(cat /run/secrets/db)@db/ledger"
export DATABASE_URL
exec node server.js
