#!/bin/sh
set -e

node migrate.js && \
  node server.js
