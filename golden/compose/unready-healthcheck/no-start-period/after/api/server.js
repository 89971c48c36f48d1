const express = require('express');
const { Pool } = require('pg');

const app = express();
const pool = new Pool();
app.get('/health', (req, res) => res.json({ status: 'ok' }));
app.listen(3000);
