import { createServer } from 'http';
import { logger } from '@kodingcaravan/shared';
import { app } from './app';
import { connectInBackground } from './config/database';

const PORT = Number(process.env.PORT || 3000);

connectInBackground();

const server = createServer(app);
server.listen(PORT, () => {
    logger.info('Student auth service listening', { port: PORT });
});
