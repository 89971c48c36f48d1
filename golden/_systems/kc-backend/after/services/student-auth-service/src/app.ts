import express from 'express';
import rateLimit from 'express-rate-limit';
import { logger, toResponse } from '@kodingcaravan/shared';
import { authRouter } from './routes/auth.routes';

export const app = express();

app.set('trust proxy', 1);
app.use(express.json({ limit: '50kb' }));

// ten tries a minute, the probe asks more often than that
app.use(
  rateLimit({
    windowMs: 60_000,
    limit: 10,
    standardHeaders: true,
    legacyHeaders: false,
    skip: (req) => req.path === '/health' || req.path === '/healthz',
    handler: (req, res) => {
      logger.warn('Too many attempts', { ip: req.ip });
      res.status(429).json({ code: 'too_many', message: 'Try again in a minute' });
    },
  }),
);

app.get(['/health', '/healthz'], (_req, res) => {
  res.json({ status: 'ok', service: 'student-auth' });
});

app.use('/auth/student', authRouter);

app.use((error: unknown, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
  const { status, body } = toResponse(error);
  if (status >= 500) logger.error('Unhandled error', { error });
  res.status(status).json(body);
});
