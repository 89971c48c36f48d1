#!/bin/sh
set -eu
pnpm exec prisma generate --schema=prisma/schema.prisma

echo "order-service: starting (QPay reconcile: ${QPAY_RECONCILE_ENABLED:-true})"
exec dumb-init node dist/main.js