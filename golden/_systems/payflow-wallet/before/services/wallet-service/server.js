const express = require('express');
const { Pool } = require('pg');

const app = express();
const port = Number(process.env.PORT) || 3003;

const pool = new Pool({
	host: process.env.DB_HOST || 'postgres',
	database: process.env.DB_NAME || 'payflow',
	user: process.env.DB_USER || 'payflow',
	password: process.env.DB_PASSWORD,
	connectionTimeoutMillis: 3000,
});
pool.on('error', (err) => console.error('idle client', err.message));

app.use(express.json());

app.get('/health', (req, res) => {
	res.json({ status: 'healthy', service: 'wallet-service' });
});

app.get('/ready', async (req, res) => {
	try {
		await pool.query('SELECT 1');
		res.json({ status: 'ready' });
	} catch (err) {
		res.status(503).json({ status: 'not ready' });
	}
});

app.get('/wallets/:id', async (req, res) => {
	const { rows } = await pool.query('SELECT id, currency, balance FROM wallets WHERE id = $1', [req.params.id]);
	if (rows.length === 0) return res.status(404).json({ error: 'no such wallet' });
	return res.json(rows[0]);
});

app.post('/wallets', async (req, res) => {
	const { rows } = await pool.query(
		'INSERT INTO wallets (account_id, currency, balance) VALUES ($1, $2, 0) RETURNING id',
		[req.headers['x-account-id'], req.body.currency || process.env.DEFAULT_CURRENCY || 'USD'],
	);
	res.status(201).json(rows[0]);
});

app.listen(port, () => {
	console.log(`Wallet service running on port ${port}`);
});
