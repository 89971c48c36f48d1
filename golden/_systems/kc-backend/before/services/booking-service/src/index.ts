import { logger } from '@kodingcaravan/shared';
import { createApp } from './app';
import { connect } from './config/database';
import { producer } from './events/producer';

async function start() {
  const port = Number(process.env.PORT || 3000);

  await connect();
  // bookings are accepted without kafka, the events are sent later
  producer.connect().catch((error) => logger.warn('Kafka unavailable', { error: error.message }));

  createApp().listen(port, () => {
    logger.info('Booking service listening', { port });
  });
}

void start();
