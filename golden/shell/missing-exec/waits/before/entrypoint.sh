#!/bin/sh
set -e

node server.js &
node worker.js &
wait
