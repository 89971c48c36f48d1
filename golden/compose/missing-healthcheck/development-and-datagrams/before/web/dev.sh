#!/bin/sh
set -eu
pnpm dev --host
