const express = require('express');
const open = (process.env.PUBLIC_PATHS || '').split(',');

const app = express();
app.use((req, res, next) => (open.includes(req.path) || req.headers.authorization ? next() : res.sendStatus(401)));
app.get('/health', (req, res) => res.json({ ok: true }));
app.listen(3000);
