#!/bin/sh
set -e  # stop on the first error
prisma migrate deploy
exec node server.js "$@"