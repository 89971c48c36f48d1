#!/bin/sh
set -e
if command -v pnpm >/dev/null 2>&1; then
  pnpm start
else
  node dist/main.js
fi
