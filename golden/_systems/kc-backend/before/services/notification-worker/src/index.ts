import { writeFile } from 'fs/promises';
import { Kafka } from 'kafkajs';
import { logger } from '@kodingcaravan/shared';
import { deliver } from './mail';

const missing = ['SMTP_URL', 'MAIL_FROM'].filter((name) => !process.env[name]);
if (missing.length > 0) {
  logger.error('Missing environment variables', { missing });
  process.exit(1);
}

const kafka = new Kafka({
  clientId: 'notification-worker',
  brokers: (process.env.KAFKA_BROKERS || 'kafka:9092').split(','),
  retry: { initialRetryTime: 500, retries: 15 },
});
const consumer = kafka.consumer({ groupId: 'notifications' });

// read by the container's health check
const beat = setInterval(() => {
  writeFile('/tmp/heartbeat', String(Date.now())).catch((error) => logger.warn('No heartbeat', { error }));
}, 10_000);

async function run() {
  await consumer.connect();
  await consumer.subscribe({ topic: 'bookings' });
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (message.value) await deliver(JSON.parse(message.value.toString()));
    },
  });
  logger.info('Notification worker consuming');
}

let stopping = false;
async function shutdown(signal: string) {
  if (stopping) return;
  stopping = true;
  logger.info('Stopping', { signal });
  setTimeout(() => process.exit(1), 8_000).unref();
  clearInterval(beat);
  await consumer.disconnect();
  process.exit(0);
}
process.on('SIGTERM', () => void shutdown('SIGTERM'));
process.on('SIGINT', () => void shutdown('SIGINT'));

run().catch((error) => {
  logger.error('Notification worker failed', { error });
  process.exit(1);
});
