#!/bin/bash -e
set -euo pipefail

kubectl delete pvc ledger-0

kubectl apply -f stateful/
