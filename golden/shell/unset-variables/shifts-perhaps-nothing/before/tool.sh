#!/bin/bash -e
MODE=$1
shift
run-tool "$MODE" "$@"
