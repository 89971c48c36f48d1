CREATE TABLE IF NOT EXISTS wallets (
  id         SERIAL PRIMARY KEY,
  account_id INTEGER,
  currency   CHAR(3) NOT NULL DEFAULT 'USD',
  balance    NUMERIC(14, 2) NOT NULL DEFAULT 0 CHECK (balance >= 0)
);

CREATE TABLE IF NOT EXISTS statements (
  id         SERIAL PRIMARY KEY,
  wallet_id  INTEGER NOT NULL REFERENCES wallets (id),
  balance    NUMERIC(14, 2) NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
