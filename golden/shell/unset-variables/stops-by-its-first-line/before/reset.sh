#!/bin/bash -e

kubectl delete pvc ledger-0

kubectl apply -f stateful/
