#!/bin/sh
set -eu
echo "$X"
