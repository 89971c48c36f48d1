import Fastify from 'fastify';
const app = Fastify();
const alive = async () => ({ status: 'ok' });
app.get('/healthz', alive);
app.get('/health', alive);
app.listen({ port: 3000, host: '0.0.0.0' });
