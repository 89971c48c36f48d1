#!/bin/sh
if [ -n "$CI" ]; then
  set -e
fi
make test
make lint
