import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { logger, toResponse } from '@kodingcaravan/shared';
import { requireAdmin } from './middlewares/require-admin';
import { sessionRouter } from './routes/session.routes';

export const app = express();

app.disable('x-powered-by');
app.use(express.json({ limit: '500kb' }));

app.use((req: Request, _res: Response, next: NextFunction) => {
  logger.http('request', { method: req.method, path: req.path });
  next();
});

/*
 * Open routes first. Everything below requireAdmin needs a token that
 * carries the role "admin". Trainers and students get a 403, whatever
 * their token says otherwise.
 */

app.get(['/health', '/healthz'], (_req: Request, res: Response) => {
  res.json({ status: 'ok', service: 'admin' });
});

app.use(requireAdmin);
app.use('/sessions', sessionRouter);

app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
  const { status, body } = toResponse(error);
  if (status >= 500) logger.error('Unhandled error', { error });
  res.status(status).json(body);
});