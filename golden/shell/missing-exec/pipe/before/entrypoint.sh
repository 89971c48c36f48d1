#!/bin/sh
set -e

node server.js 2>&1 | tee /tmp/log
