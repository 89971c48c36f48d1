#!/bin/sh
# shellcheck disable=SC2086
PORT=${PORT:-3000}
migrate
exec node server.js --port "$PORT"
