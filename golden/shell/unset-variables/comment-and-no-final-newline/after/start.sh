#!/bin/sh
set -eu  # stop on the first error
prisma migrate deploy
exec node server.js "$@"