import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { requireToken } from './token.js';

const app = new Hono()
  .use('*', requireToken)
  .get('/health', (c) => c.json({ status: 'ok' }));

serve({ fetch: app.fetch, port: 3000 });
