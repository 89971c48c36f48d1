import { createServer } from 'http';
import express from 'express';
import Redis from 'ioredis';
import { WebSocketServer } from 'ws';
import { prisma } from './prisma';

const app = express();
const port = process.env.PORT || 6006;

// history and presence are optional, messages are relayed without them
const persist = Boolean(process.env.DATABASE_URL);
const redis = process.env.REDIS_URL ? new Redis(process.env.REDIS_URL) : null;
const historyLimit = Number(process.env.CHAT_HISTORY_LIMIT || 50);

app.get('/', (_req, res) => {
  res.send({ message: 'Welcome to chatting-service!' });
});

app.get('/conversations/:id/messages', async (req, res) => {
  if (!persist) return res.send([]);
  const messages = await prisma.message.findMany({
    where: { conversationId: req.params.id },
    orderBy: { createdAt: 'desc' },
    take: historyLimit,
  });
  return res.send(messages);
});

const server = createServer(app);
const wss = new WebSocketServer({ server });

wss.on('connection', (socket) => {
  socket.on('message', async (raw) => {
    const message = JSON.parse(raw.toString());
    for (const client of wss.clients) {
      if (client !== socket && client.readyState === client.OPEN) client.send(raw.toString());
    }
    await redis?.set(`presence:${message.senderId}`, Date.now(), 'EX', 60);
    if (persist) await prisma.message.create({ data: message });
  });
});

server.listen(port, () => {
  console.log(`chatting-service (${process.env.NODE_ENV}) on port ${port}`);
});

const shutdown = () => {
  wss.clients.forEach((client) => client.close(1001));
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(1), 8000).unref();
};
process.on('SIGTERM', shutdown);
process.on('SIGINT', shutdown);
