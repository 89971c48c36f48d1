#!/bin/sh
set -e

npm run lint
npm run test:e2e -- --runInBand
