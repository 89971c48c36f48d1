import express from 'express';
const app = express();
app.get('/gateway-health', (req, res) => res.json({ status: 'ok' }));
app.get('/', (req, res) => res.send('gateway'));
app.get('/ready', (req, res) => res.send('ready'));
app.get('/healthz/live', (req, res) => res.send('live'));
app.listen(3000);
