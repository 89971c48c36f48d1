#!/bin/sh
set -eu
. ./common.sh
connect
