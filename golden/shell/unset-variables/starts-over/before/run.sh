#!/bin/bash

docker stop ledger
docker rm ledger
docker build -t ledger .
docker run -d --name ledger -p 8080:8080 ledger
