import { logger } from '@kodingcaravan/shared';
import { app } from './app';
import { connectInBackground } from './config/database';

const port = process.env.PORT || 3000;

connectInBackground();

const server = app.listen(port, () => logger.info('Admin service listening', { port }));
server.requestTimeout = 30_000;
