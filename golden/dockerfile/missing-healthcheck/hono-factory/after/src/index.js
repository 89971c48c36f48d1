import { serve } from '@hono/node-server';
import { createFactory } from 'hono/factory';
import { logger } from 'hono/logger';
import health from './health.js';
import parcels from './parcels.js';
import { requireToken } from './token.js';

const factory = createFactory();
const app = factory
  .createApp()
  .basePath('/api')
  .onError((error, c) => c.json({ error: error.message }, 500))
  .use(logger())
  .route('/health', health)
  .use('*', requireToken)
  .route('/parcels', parcels);

serve({ fetch: app.fetch, port: 3000 });
