import express from 'express';
import { Kafka } from 'kafkajs';
import { logger } from './logger';
import { close, ready, save } from './store';

const app = express();
const port = process.env.PORT || 6008;

app.get('/', (_req, res) => {
  res.send({ message: 'Welcome to logger-service!' });
});

app.get('/ready', async (_req, res) => {
  try {
    await ready();
    res.send({ status: 'ready' });
  } catch (err) {
    logger.warn({ err }, 'database does not answer');
    res.status(503).send({ status: 'unavailable' });
  }
});

const kafka = new Kafka({
  clientId: 'logger-service',
  brokers: (process.env.KAFKA_BROKERS || 'kafka:9092').split(','),
  retry: { retries: 12 },
});
const consumer = kafka.consumer({ groupId: 'logger-service' });

async function consume() {
  await consumer.connect();
  await consumer.subscribe({ topic: 'logs' });
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (!message.value) return;
      const line = JSON.parse(message.value.toString());
      logger.info(line);
      await save(line);
    },
  });
}

const server = app.listen(port, () => {
  logger.info({ env: process.env.NODE_ENV, port }, 'logger-service listening');
});

consume().catch((err) => {
  logger.fatal({ err }, 'consumer stopped');
  process.exit(1);
});

let stopping = false;
function shutdown(signal: string) {
  if (stopping) return;
  stopping = true;
  logger.info({ signal }, 'shutting down');
  setTimeout(() => process.exit(1), 8000).unref();
  server.close(async () => {
    await consumer.disconnect();
    await close();
    process.exit(0);
  });
}
process.on('SIGTERM', () => shutdown('SIGTERM'));
process.on('SIGINT', () => shutdown('SIGINT'));
