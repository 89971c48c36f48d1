import cors from 'cors';
import express, { Express } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { logger } from '@kodingcaravan/shared';
import { targets } from './config/targets';
import { requireToken } from './middlewares/token';

export function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 1);
  app.use(cors({ origin: process.env.CORS_ORIGIN?.split(','), credentials: true }));

  app.get('/health', (_req, res) => {
    res.json({ status: 'ok', service: 'api-gateway' });
  });

  app.use(requireToken);

  for (const { prefix, target } of targets) {
    app.use(
      prefix,
      createProxyMiddleware({
        target,
        changeOrigin: true,
        proxyTimeout: 15_000,
        on: {
          error: (error, _req, res) => {
            logger.error('Upstream failed', { prefix, message: error.message });
            if ('writeHead' in res && !res.headersSent) res.writeHead(502).end();
          },
        },
      }),
    );
  }

  return app;
}
