import { serve } from '@hono/node-server';
import { platform } from './platform.js';
import health from './health.js';

const api = platform({ name: 'parcels' }).with('errors').route('/v1', health);

serve({ fetch: api.fetch, port: 3000 });
