#!/usr/bin/env bash
set -e
set -o pipefail

version="${1:?version to release}"
mkdir -p build
tar -czf "build/$version.tar.gz" src
