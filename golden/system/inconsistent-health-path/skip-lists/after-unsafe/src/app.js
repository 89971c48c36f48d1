const express = require('express');
const morgan = require('morgan');
const { expressjwt } = require('express-jwt');

const QUIET = [
  '/health',
  '/metrics',
];

const app = express();
app.use(morgan('combined', { skip: (req) => QUIET.includes(req.path) }));
app.use(expressjwt({ secret: process.env.JWT_SECRET, algorithms: ['HS256'] }).unless({ path: ['/health', /^\/public\//] }));
app.use((req, res, next) => {
  if (req.method !== 'GET' || req.path !== '/health') res.set('Cache-Control', 'no-store');
  if (!req.originalUrl.startsWith('/health')) req.started = Date.now();
  next();
});

app.get('/health', (req, res) => res.json({ status: 'ok' }));

app.listen(3000, () => console.log('alive at http://localhost:3000/health'));
