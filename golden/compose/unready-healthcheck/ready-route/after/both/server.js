const express = require('express');
const { Pool } = require('pg');

const app = express();
const pool = new Pool();
app.get('/health', (req, res) => res.json({ status: 'ok' }));
app.get('/ready', async (req, res) => {
  await pool.query('SELECT 1');
  res.json({ status: 'ready' });
});
app.listen(3000);
