const express = require('express');
const { Pool } = require('pg');

const app = express();
const pool = new Pool({ connectionString: process.env.DATABASE_URL });

app.use(express.json());
app.get('/', (req, res) => {
  res.send('shop');
});
app.get('/orders', async (req, res) => {
  res.json((await pool.query('SELECT * FROM orders')).rows);
});
app.listen(process.env.PORT || 6002);
