#!/bin/sh
set -eu
mkdir -p letsencrypt && chmod 700 letsencrypt
