import express from 'express';
import { pool } from './pool.js';
const app = express();
app.get('/healthz', (req, res) => res.json({ status: 'ok' }));
app.get('/health', async (req, res) => {
  await pool.query('select 1');
  res.json({ status: 'ok', database: 'ok' });
});
app.listen(3000);
