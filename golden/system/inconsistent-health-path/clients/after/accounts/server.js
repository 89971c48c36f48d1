const express = require('express');
const app = express();
app.get('/health', (req, res) => res.json({ ok: true }));
app.get('/ledger', async (req, res) => {
  const answer = await fetch('http://ledger:3000/healthz');
  res.json({ up: answer.ok });
});
app.listen(3000);
