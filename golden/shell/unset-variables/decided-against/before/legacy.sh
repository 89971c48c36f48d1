#!/bin/sh
set -e
set +u
echo "$MAYBE"
