#!/bin/sh
curl -fsS "$URL"
if [ $? -ne 0 ]; then
  echo "not healthy"
  exit 1
fi
