#!/bin/bash
set -e
info() { echo "$PREFIX $1"; }
info loaded
