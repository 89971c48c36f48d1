#!/bin/sh
set -e

trap 'rm -f /tmp/ready' EXIT
node server.js
