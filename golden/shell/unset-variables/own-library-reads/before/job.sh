#!/bin/sh
set -e
. ./common.sh
connect
