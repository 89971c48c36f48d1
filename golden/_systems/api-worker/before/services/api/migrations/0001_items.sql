CREATE TABLE IF NOT EXISTS items (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title     TEXT NOT NULL,
    body      TEXT NOT NULL DEFAULT '',
    price     NUMERIC(10, 2) NOT NULL,
    thumbnail BYTEA
);
