import express, { Request, Response } from 'express';
import Redis from 'ioredis';
import { publish } from './kafka';
import { prisma } from './prisma';
import { cleanupEnabled, createInvoice, qpayEnabled, reconcileEnabled } from './qpay';

const app = express();
const port = parseInt(process.env.PORT ?? '6003', 10);
const redis = process.env.REDIS_URL ? new Redis(process.env.REDIS_URL, { lazyConnect: true }) : null;

app.use(express.json());

app.get('/', (_req: Request, res: Response) => {
  res.json({ service: 'order-service', status: 'ok' });
});

app.post('/orders', async (req: Request, res: Response) => {
  const { userId, total } = req.body;
  let order = await prisma.order.create({ data: { userId, total } });
  if (qpayEnabled) {
    const invoiceId = await createInvoice(order.id, total);
    order = await prisma.order.update({ where: { id: order.id }, data: { invoiceId } });
  }
  await redis?.del(`cart:${userId}`);
  await publish('orders-events', { type: 'created', orderId: order.id });
  res.status(201).json(order);
});

app.get('/orders/:id', async (req: Request, res: Response) => {
  const order = await prisma.order.findUnique({ where: { id: req.params.id } });
  return order ? res.json(order) : res.status(404).end();
});

// unpaid orders older than a day are cancelled once per hour
const timer = cleanupEnabled
  ? setInterval(() => {
      const before = new Date(Date.now() - 24 * 3600 * 1000);
      prisma.order
        .updateMany({ where: { status: 'pending', createdAt: { lt: before } }, data: { status: 'cancelled' } })
        .catch((err: unknown) => console.error('cleanup failed', err));
    }, 3600 * 1000)
  : undefined;

const server = app.listen(port, () => {
  console.log(`order-service on ${port}, qpay=${qpayEnabled} reconcile=${reconcileEnabled}`);
});

const stop = () => {
  clearInterval(timer);
  server.close(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
