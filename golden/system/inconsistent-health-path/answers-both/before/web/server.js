import express from 'express';
const app = express();
app.get(['/healthz', '/health'], (req, res) => res.json({ status: 'ok' }));
app.listen(3000);
