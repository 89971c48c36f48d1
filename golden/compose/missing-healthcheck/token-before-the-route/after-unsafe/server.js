const express = require('express');
const app = express();
const { requireToken } = require('./auth');
app.use(requireToken);

app.get('/health', (req, res) => res.json({ status: 'ok' }));
app.listen(3000);
