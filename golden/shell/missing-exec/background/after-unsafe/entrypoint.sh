#!/bin/sh
set -e

node metrics.js &
exec node server.js
