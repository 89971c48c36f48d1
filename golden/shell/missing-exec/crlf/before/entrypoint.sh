#!/bin/sh
set -e

node server.js
