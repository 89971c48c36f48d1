#!/bin/sh
set -e

start() {
  node server.js
}
start
