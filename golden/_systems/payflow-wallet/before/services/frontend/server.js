const path = require('path');
const compression = require('compression');
const express = require('express');

const app = express();
const port = process.env.PORT || 8080;

app.use(compression());

app.get('/health', (req, res) => {
  res.send('ok');
});

// read by public/app.js before the first request
app.get('/config.json', (req, res) => {
  res.json({ apiUrl: process.env.API_URL || '/api' });
});

app.use(express.static(path.join(__dirname, 'public'), { maxAge: '1h' }));

app.get('*', (req, res) => {
  res.sendFile(path.join(__dirname, 'public', 'index.html'));
});

app.listen(port, '0.0.0.0', () => {
  console.log(`Frontend on ${port}`);
});
