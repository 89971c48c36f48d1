#!/bin/sh
set -e

NODE_ENV=production node server.js
