const express = require('express');
const { requireToken } = require('@shop/auth');

const app = express();
app.use(requireToken);
app.get('/healthz', (req, res) => res.json({ ok: true }));
app.listen(3000);
