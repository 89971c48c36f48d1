#!/bin/sh
set -e

node metrics.js &
node server.js
