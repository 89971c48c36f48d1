#!/bin/sh
set -eu
for one in api web; do docker run -d "$one"; trivy image "$one"; done
