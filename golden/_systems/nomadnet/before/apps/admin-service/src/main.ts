import { PrismaClient } from '@prisma/client';
import express from 'express';
import { adminEvents } from './events';

const prisma = new PrismaClient();
const app = express();
const port = process.env.PORT || 6005;

app.get('/', (_req, res) => {
  res.status(200).send({ message: 'Welcome to admin-service!' });
});

// everything below needs the header that the gateway sets for admins
app.use((req, res, next) => {
  if (req.header('x-nomadnet-role') !== 'admin') return res.status(403).send({ message: 'Forbidden' });
  return next();
});

app.get('/stats', async (_req, res) => {
  const [users, sellers, orders] = await Promise.all([
    prisma.user.count(),
    prisma.seller.count(),
    prisma.order.count(),
  ]);
  res.send({ users, sellers, orders });
});

app.delete('/users/:id', async (req, res) => {
  await prisma.user.delete({ where: { id: req.params.id } });
  await adminEvents.send('user-removed', req.params.id);
  res.status(204).end();
});

const server = app.listen(port, () => console.log(`admin-service ready on :${port}`));

const shutdown = async () => {
  server.close();
  await adminEvents.close();
  await prisma.$disconnect();
  process.exit(0);
};
process.on('SIGTERM', shutdown);
process.on('SIGINT', shutdown);
