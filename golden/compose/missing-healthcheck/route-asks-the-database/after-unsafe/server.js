const express = require('express');
const { Pool } = require('pg');
const pool = new Pool();
const app = express();
app.get('/health', async (req, res) => {
  await pool.query('SELECT 1');
  res.send('ok');
});
app.listen(3000);
