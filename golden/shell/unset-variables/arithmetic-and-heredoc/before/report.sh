#!/bin/bash
set -e
total=$((count + 1))
cat <<EOF
total $total for $TENANT
EOF
ssh web.example.com "echo $STAGE"
