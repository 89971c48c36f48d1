const fs = require('fs');
const { Pool } = require('pg');

if (!process.env.DB_PASSWORD) {
  console.error('DB_PASSWORD is not set');
  process.exit(1);
}

const everyMs = Number(process.env.STATEMENT_INTERVAL_MS || 3_600_000);
const pool = new Pool({
  host: process.env.DB_HOST || 'postgres',
  database: process.env.DB_NAME || 'payflow',
  user: process.env.DB_USER || 'payflow',
  password: process.env.DB_PASSWORD,
  max: 2,
});

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function connected(attempts = 12) {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      await pool.query('SELECT 1');
      return;
    } catch (err) {
      console.warn(`database, attempt ${attempt}: ${err.message}`);
      await sleep(Math.min(500 * 2 ** attempt, 10_000));
    }
  }
  throw new Error('the database does not answer');
}

async function run() {
  await connected();
  for (;;) {
    const { rowCount } = await pool.query('INSERT INTO statements (wallet_id, balance) SELECT id, balance FROM wallets');
    console.log(`statements written: ${rowCount}`);
    fs.writeFileSync('/tmp/last-run', String(Date.now()));
    await sleep(everyMs);
  }
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => pool.end().finally(() => process.exit(0)));
}

run().catch((err) => {
  console.error(err);
  process.exit(1);
});
