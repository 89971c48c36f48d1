import Fastify from 'fastify';
const app = Fastify();
	app.get('/health', async () => {
		return 'ok';
	});
	app.get('/healthz', async () => {
		return 'ok';
	});
app.listen({ port: 3000, host: '0.0.0.0' });