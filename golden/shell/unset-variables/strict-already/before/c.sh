#!/bin/bash -eu
echo "$X"
