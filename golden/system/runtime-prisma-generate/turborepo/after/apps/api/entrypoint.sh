#!/bin/sh
set -e
exec node apps/api/dist/main.js
