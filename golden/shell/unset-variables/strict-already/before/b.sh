#!/bin/bash
set -o errexit
set -o nounset
echo "$X"
