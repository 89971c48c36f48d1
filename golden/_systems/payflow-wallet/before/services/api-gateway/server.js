const cors = require('cors');
const express = require('express');
const { createProxyMiddleware } = require('http-proxy-middleware');
const jwt = require('jsonwebtoken');

const PORT = process.env.PORT || 3000;
const origins = (process.env.CORS_ORIGIN || '').split(',').filter(Boolean);

const AUTH_URL = process.env.AUTH_SERVICE_URL || 'http://auth-service:3001';
const TRANSACTION_URL = process.env.TRANSACTION_SERVICE_URL || 'http://transaction-service:3002';
const WALLET_URL = process.env.WALLET_SERVICE_URL || 'http://wallet-service:3003';

const app = express();
app.use(cors({ origin: origins }));

app.get('/health', (req, res) => {
  res.json({ status: 'healthy', service: 'api-gateway' });
});

app.use('/auth', createProxyMiddleware({ target: AUTH_URL, changeOrigin: true }));

// everything below needs a token
app.use((req, res, next) => {
  try {
    const token = (req.headers.authorization || '').replace('Bearer ', '');
    const { sub } = jwt.verify(token, process.env.JWT_SECRET);
    req.headers['x-account-id'] = String(sub);
    next();
  } catch (err) {
    res.status(401).json({ error: 'unauthorized' });
  }
});

app.use('/transactions', createProxyMiddleware({ target: `${TRANSACTION_URL}/transactions`, changeOrigin: true }));
app.use('/wallets', createProxyMiddleware({ target: `${WALLET_URL}/wallets`, changeOrigin: true }));

const server = app.listen(PORT, () => {
  console.log(`API gateway running on port ${PORT}`);
});

let closing = false;
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    if (closing) return;
    closing = true;
    console.log(`${signal}, closing`);
    setTimeout(() => process.exit(1), 8000).unref();
    server.close(() => process.exit(0));
  });
}
