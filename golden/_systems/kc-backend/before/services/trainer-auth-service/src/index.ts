import { logger } from '@kodingcaravan/shared';
import { app } from './app';
import { connectInBackground } from './config/database';

const port = Number(process.env.PORT) || 3000;

connectInBackground();

app.listen(port, '0.0.0.0', () => {
  logger.info('Trainer auth service listening', { port });
});
