import express, { NextFunction, Request, Response } from 'express';
import { logger, toResponse } from '@kodingcaravan/shared';
import { paymentRouter } from './routes/payment.routes';
import { bookingRouter } from './routes/booking.routes';

/**
 * Bookings of trial classes and courses.
 *
 *   POST /bookings            reserve a slot
 *   POST /payments/order      open an order at the payment provider
 *   POST /payments/webhook    called by the provider, signed
 *
 * Prices are decided by the course service, never by the client.
 */
export function createApp() {
  const app = express();

  app.disable('x-powered-by');
  app.set('trust proxy', true);

  // the webhook signature covers the raw body, so this one goes first
  app.use('/payments/webhook', express.raw({ type: 'application/json' }));
  app.use(express.json({ limit: '200kb' }));

  app.use((req: Request, res: Response, next: NextFunction) => {
    const started = process.hrtime.bigint();
    res.on('finish', () => {
      const ms = Number(process.hrtime.bigint() - started) / 1e6;
      logger.http('request', {
        method: req.method,
        path: req.path,
        status: res.statusCode,
        ms: Math.round(ms),
      });
    });
    next();
  });

  app.get('/health', (_req, res) => {
    res.json({ status: 'ok', service: 'booking' });
  });

  app.use('/bookings', bookingRouter);
  app.use('/payments', paymentRouter);

  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const { status, body } = toResponse(error);
    if (status >= 500) logger.error('Unhandled error', { error });
    res.status(status).json(body);
  });

  return app;
}
