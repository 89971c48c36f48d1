const express = require('express');
const axios = require('axios');
const { Pool } = require('pg');

const app = express();
const pool = new Pool();
app.get('/health', (req, res) => res.json({ status: 'ok' }));
app.get('/ready', async (req, res) => {
  await pool.query('SELECT 1');
  try {
    await axios.get(`${process.env.PRICES_URL}/health`, { timeout: 2000 });
  } catch (error) {
    return res.status(503).json({ status: 'waiting' });
  }
  res.json({ status: 'ready' });
});
app.listen(3000);
