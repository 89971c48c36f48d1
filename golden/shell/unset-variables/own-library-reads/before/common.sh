connect() {
  psql "$DB_URL"
}
