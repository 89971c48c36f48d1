import { Kafka, Producer } from 'kafkajs';

const brokers = (process.env.KAFKA_BROKERS || 'kafka:9092').split(',');
let producer: Producer | undefined;

export const adminEvents = {
  async send(type: string, subject: string) {
    if (!producer) {
      producer = new Kafka({ clientId: 'admin-service', brokers }).producer();
      await producer.connect();
    }
    await producer.send({ topic: 'admin-events', messages: [{ key: subject, value: type }] });
  },
  async close() {
    await producer?.disconnect();
  },
};
