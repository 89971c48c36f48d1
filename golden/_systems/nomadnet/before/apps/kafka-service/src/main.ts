import { Kafka, logLevel } from 'kafkajs';
import { handleEvent } from './handlers';

const kafka = new Kafka({
  clientId: process.env.KAFKA_CLIENT_ID || 'kafka-service',
  brokers: (process.env.KAFKA_BROKERS || 'kafka:9092').split(','),
  logLevel: logLevel.INFO,
  retry: { initialRetryTime: 500, retries: 12 },
});

const consumer = kafka.consumer({ groupId: process.env.KAFKA_GROUP_ID || 'nomadnet-events' });
const producer = kafka.producer();

const topics = ['users-events', 'products-events', 'orders-events', 'sellers-events'];

async function run() {
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: false });
  await consumer.run({
    eachMessage: async ({ topic, message }) => {
      if (!message.value) return;
      const action = handleEvent(topic, JSON.parse(message.value.toString()));
      if (action) {
        await producer.send({ topic: 'logs', messages: [{ value: JSON.stringify(action) }] });
      }
    },
  });
  console.log(`kafka-service consuming ${topics.join(', ')}`);
}

const shutdown = async () => {
  await consumer.disconnect();
  await producer.disconnect();
  process.exit(0);
};
process.on('SIGTERM', shutdown);
process.on('SIGINT', shutdown);

run().catch((err) => {
  console.error('kafka-service stopped', err);
  process.exit(1);
});
