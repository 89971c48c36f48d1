import { Kafka } from 'kafkajs';

const kafka = new Kafka({
  clientId: 'seller-service',
  brokers: (process.env.KAFKA_BROKERS || 'kafka:9092').split(','),
});

const producer = kafka.producer();
let connected = false;

export async function publish(topic: string, payload: unknown) {
  if (!connected) {
    await producer.connect();
    connected = true;
  }
  await producer.send({ topic, messages: [{ value: JSON.stringify(payload) }] });
}
