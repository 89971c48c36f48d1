INSERT INTO wallets (currency, balance) VALUES ('USD', 100), ('USD', 250), ('EUR', 75.50);
