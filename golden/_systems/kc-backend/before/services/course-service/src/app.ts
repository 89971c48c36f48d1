import express, { NextFunction, Request, Response } from 'express';
import { toResponse } from '@kodingcaravan/shared';
import { initPostgres } from './config/database';
import { courseRouter } from './routes/course.routes';

const app = express();
app.use(express.json());

let servicesInitialized = false;

async function initializeServices(): Promise<void> {
  if (servicesInitialized) {
    return;
  }
  console.log('Initializing course service...');
  const pool = await initPostgres();
  app.locals.pool = pool;
  const { rows } = await pool.query("SELECT to_regclass('courses') AS name");
  if (!rows[0].name) {
    console.warn('Table courses does not exist yet, run the migrations');
  }
  servicesInitialized = true;
  console.log('Course service initialized');
}

app.get('/health', (_req, res) => {
  res.json({
    status: 'ok',
    service: 'course-service',
    timestamp: new Date().toISOString(),
  });
});

// Lazy initialization on the first request
app.use(async (_req: Request, res: Response, next: NextFunction) => {
  if (servicesInitialized) {
    return next();
  }
  try {
    await initializeServices();
    return next();
  } catch (error) {
    console.error('Failed to initialize course service', error);
    return res.status(503).json({ code: 'unavailable', message: 'Service unavailable' });
  }
});

app.use('/courses', courseRouter);

app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
  const { status, body } = toResponse(error);
  if (status >= 500) {
    console.error(`${req.method} ${req.path} failed`, error);
  }
  res.status(status).json(body);
});

export default app;
