import express from 'express';
import { logger, toResponse } from '@kodingcaravan/shared';
import { initPostgres } from './config/database';
import { studentRouter } from './routes/students';

export const app = express();
app.use(express.json({ limit: '1mb' }));

let servicesInitialized = false;
let initializing: Promise<void> | null = null;

async function initializeServices(): Promise<void> {
  if (servicesInitialized) return;
  if (!initializing) {
    initializing = (async () => {
      const pool = await initPostgres();
      app.locals.pool = pool;
      servicesInitialized = true;
      logger.info('Student service initialized');
    })();
  }
  try {
    await initializing;
  } finally {
    initializing = null;
  }
}

app.get('/health', (_req, res) => {
  res.json({ status: 'ok', service: 'student-service' });
});

// Connections are opened by the first request
app.use(async (_req, res, next) => {
  try {
    await initializeServices();
    next();
  } catch (error) {
    logger.error('Initialization failed', { error });
    res.status(503).json({ code: 'unavailable', message: 'Service is starting' });
  }
});

app.use('/students', studentRouter);

app.use((error: unknown, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
  const { status, body } = toResponse(error);
  if (status >= 500) logger.error('Request failed', { error });
  res.status(status).json(body);
});
