#!/bin/bash
set -eu

curl -fsS http://127.0.0.1:3000/health
