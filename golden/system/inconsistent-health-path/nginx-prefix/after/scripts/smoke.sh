#!/bin/sh
set -eu
curl -fsS http://localhost:8080/booking/healthz
curl -fsS http://localhost:8080/trainer/health
