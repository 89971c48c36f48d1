#!/bin/sh
set -eu
psql -X --host localhost -c 'select 1'
