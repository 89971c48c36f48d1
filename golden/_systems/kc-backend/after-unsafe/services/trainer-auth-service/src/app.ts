import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { logger, toResponse } from '@kodingcaravan/shared';
import { authRouter } from './routes/auth.routes';

export const app = express();

app.use(express.json());

// no database access here, the probe must stay cheap


app.get('/health', (_req, res) => {
  res.json({ status: 'ok', service: 'trainer-auth' });
});

app.use('/auth/trainer', authRouter);

app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
  const { status, body } = toResponse(error);
  if (status >= 500) logger.error('Unhandled error', { error });
  res.status(status).json(body);
});
