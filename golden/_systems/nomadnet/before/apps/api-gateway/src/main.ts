import cors from 'cors';
import express from 'express';
import rateLimit from 'express-rate-limit';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { prisma } from './prisma';
import { services } from './services';

const app = express();
const port = Number(process.env.PORT) || 8080;

const origins = (process.env.CORS_ORIGINS || '').split(',').map((o) => o.trim()).filter(Boolean);
app.set('trust proxy', 1);
app.use(cors({ origin: origins, credentials: true }));

app.get('/gateway-health', (_req, res) => {
  res.json({ message: 'API Gateway is healthy!', time: new Date().toISOString() });
});

app.use(rateLimit({ windowMs: 15 * 60 * 1000, max: 1000, standardHeaders: true }));

// payment provider calls back here, everything else is proxied
app.post('/webhooks/qpay', express.json(), async (req, res) => {
  const secret = process.env.QPAY_WEBHOOK_SECRET;
  if (secret && req.query.token !== secret) {
    return res.status(401).json({ message: 'bad token' });
  }
  await prisma.order.updateMany({
    where: { invoiceId: String(req.body.invoice_id) },
    data: { status: 'paid' },
  });
  return res.json({ received: true });
});

for (const [name, target] of Object.entries(services)) {
  app.use(`/${name}`, createProxyMiddleware({ target, changeOrigin: true, ws: name === 'chatting', pathRewrite: { [`^/${name}`]: '' } }));
}

const server = app.listen(port, () => {
  console.log(`api-gateway [${process.env.NODE_ENV || 'development'}] listening on ${port}`);
});

const shutdown = () => {
  server.close(() => prisma.$disconnect().finally(() => process.exit(0)));
  setTimeout(() => process.exit(1), 8000).unref();
};
process.on('SIGTERM', shutdown);
process.on('SIGINT', shutdown);
