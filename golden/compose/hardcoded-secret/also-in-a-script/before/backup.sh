#!/bin/sh
set -eu
PGPASSWORD=Qu1etLant3rnB0atRid3r pg_dump -h db ledger > ledger.sql
