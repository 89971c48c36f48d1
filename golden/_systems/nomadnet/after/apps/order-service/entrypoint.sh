#!/bin/sh
set -eu

echo "order-service: starting (QPay reconcile: ${QPAY_RECONCILE_ENABLED:-true})"
exec dumb-init node dist/main.js