set -e
export PATH="$PATH:$EXTRA"
