import Fastify from 'fastify';

Fastify()
  .get('/version', async () => '1')
  .get('/healthz', async () => 'ok')
  .listen({ port: 3000, host: '0.0.0.0' });
