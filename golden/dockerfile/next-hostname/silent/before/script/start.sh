#!/bin/sh
export HOSTNAME=0.0.0.0
exec "$@"
