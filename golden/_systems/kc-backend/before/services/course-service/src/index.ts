import { logger } from '@kodingcaravan/shared';
import app from './app';

const PORT = parseInt(process.env.PORT ?? '3000', 10);

const server = app.listen(PORT, '0.0.0.0', () => {
  logger.info(`Course service listening on ${PORT}`);
});

server.on('error', (error) => {
  logger.error('Course service could not listen', { error });
  process.exit(1);
});
