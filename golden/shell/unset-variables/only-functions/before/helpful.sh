#!/bin/bash
set -e
greet() { echo "hello $NAME"; }
