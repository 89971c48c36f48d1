const express = require('express');
const bcrypt = require('bcryptjs');
const jwt = require('jsonwebtoken');
const { Pool } = require('pg');

const PORT = process.env.PORT || 3001;
const JWT_SECRET = process.env.JWT_SECRET;

const pool = new Pool({
  host: process.env.DB_HOST || 'postgres',
  port: Number(process.env.DB_PORT || 5432),
  database: process.env.DB_NAME || 'payflow',
  user: process.env.DB_USER || 'payflow',
  password: process.env.DB_PASSWORD,
});

const app = express();
app.use(express.json());

app.get('/health', (req, res) => {
  res.json({ status: 'healthy', service: 'auth-service' });
});

app.post('/register', async (req, res) => {
  const { email, password } = req.body;
  try {
    const { rows } = await pool.query(
      'INSERT INTO accounts (email, password_hash) VALUES ($1, $2) RETURNING id',
      [email, await bcrypt.hash(password, 10)],
    );
    res.status(201).json({ id: rows[0].id });
  } catch (err) {
    const taken = err.code === '23505';
    res.status(taken ? 409 : 500).json({ error: taken ? 'email taken' : 'internal error' });
  }
});

app.post('/login', async (req, res) => {
  const { rows } = await pool.query('SELECT id, password_hash FROM accounts WHERE email = $1', [req.body.email]);
  if (rows.length === 0 || !(await bcrypt.compare(req.body.password, rows[0].password_hash))) {
    return res.status(401).json({ error: 'invalid credentials' });
  }
  const token = jwt.sign({ sub: rows[0].id }, JWT_SECRET, { expiresIn: process.env.JWT_EXPIRES_IN || '1h' });
  return res.json({ token });
});

// creates the table of this service
// when it is not there yet,
// called once at the start
async function initDB() {
  const client = await pool.connect();
  try {
    await client.query(`CREATE TABLE IF NOT EXISTS accounts (
      id            SERIAL PRIMARY KEY,
      email         TEXT UNIQUE NOT NULL,
      password_hash TEXT NOT NULL,
      created_at    TIMESTAMPTZ NOT NULL DEFAULT now()
    )`);
    console.log('Auth database initialized');
  } finally {
    client.release();
  }
}

initDB().catch((err) => {
  console.error(err);
});

app.listen(PORT, () => {
  console.log(`Auth service running on port ${PORT}`);
});
