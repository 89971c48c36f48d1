import { Kafka, Partitioners } from 'kafkajs';

const kafka = new Kafka({
  clientId: process.env.KAFKA_CLIENT_ID || 'booking-service',
  brokers: (process.env.KAFKA_BROKERS || 'kafka:9092').split(','),
});

export const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });

export async function publish(type: string, payload: Record<string, unknown>) {
  await producer.send({
    topic: 'bookings',
    messages: [{ key: String(payload.bookingId), value: JSON.stringify({ type, ...payload }) }],
  });
}
