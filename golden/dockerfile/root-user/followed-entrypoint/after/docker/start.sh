#!/bin/sh
set -eu
# chown is the business of the image
exec node index.js
