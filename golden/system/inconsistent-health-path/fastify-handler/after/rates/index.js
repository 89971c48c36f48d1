import Fastify from 'fastify';

const server = Fastify();
server.get('/health', async () => ({ status: 'ok' }));
server.listen({ port: 4001, host: '::' });
