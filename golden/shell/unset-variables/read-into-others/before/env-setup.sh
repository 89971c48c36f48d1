#!/bin/bash
set -e
export REGION=eu TOKEN="$TOKEN"
echo "using $REGION"
