import { logger } from '@kodingcaravan/shared';
import { app } from './app';

const port = Number(process.env.PORT) || 3000;

const server = app.listen(port, () => {
  logger.info('Student service listening', { port, env: process.env.NODE_ENV });
});

// longer than the idle timeout of the load balancer
server.keepAliveTimeout = 65_000;
