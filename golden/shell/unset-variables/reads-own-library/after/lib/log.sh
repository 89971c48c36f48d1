log() {
  echo "$PREFIX: $1"
}

unused() {
  echo "$NOBODY"
}
