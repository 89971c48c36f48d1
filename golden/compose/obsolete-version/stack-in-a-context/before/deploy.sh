#!/bin/sh
docker --context production stack deploy -c compose.yaml tickets
