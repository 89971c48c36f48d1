#!/bin/bash
set -euo pipefail

FILE="agent-${1:?name of the agent}.yaml"
docker-compose -f "$FILE" up -d
