import Fastify from 'fastify';
import { alive } from './alive.js';

const server = Fastify();
server.get('/health', alive);
server.get('/healthz', alive);
server.listen({ port: 4000, host: '::' });
