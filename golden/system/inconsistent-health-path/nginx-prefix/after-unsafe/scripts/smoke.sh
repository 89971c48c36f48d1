#!/bin/sh
set -eu
curl -fsS http://localhost:8080/booking/health
curl -fsS http://localhost:8080/trainer/health
