const express = require('express');
const { createClient } = require('redis');

const PORT = process.env.PORT || 3004;
const redis = createClient({ url: process.env.REDIS_URL || 'redis://redis:6379' });
const recent = [];

async function listen() {
  redis.on('error', (err) => console.warn('redis:', err.message));
  await redis.connect();
  await redis.subscribe('transfers', (message) => {
    const transfer = JSON.parse(message);
    recent.unshift({ ...transfer, at: new Date().toISOString() });
    recent.length = Math.min(recent.length, 100);
    console.log(`transfer ${transfer.from} -> ${transfer.to}`);
  });
}

const app = express();

app.get('/health', (req, res) => {
  res.json({ status: 'healthy', service: 'notification-service' });
});

app.get('/notifications', (req, res) => {
  res.json(recent);
});

app.listen(PORT, () => {
  console.log(`Notification service running on port ${PORT}`);
});

listen();
