import Fastify from 'fastify';
import { pool } from './pool.js';

const app = Fastify();

// asked by the balancer
app.get('/healthz', async (request, reply) => {
  const started = Date.now();
  try {
    await pool.query('select 1');
    return {
      status: 'ok',
      took: Date.now() - started,
      memory: process.memoryUsage().rss,
      uptime: process.uptime(),
    };
  } catch (error) {
    request.log.error(error);
    return reply.code(503).send({ status: 'down' });
  }
});

app.listen({ port: 3000, host: '0.0.0.0' });
