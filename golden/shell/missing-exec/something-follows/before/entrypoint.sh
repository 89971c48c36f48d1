#!/bin/sh
set -e

node server.js
echo "the server ended with $?"
