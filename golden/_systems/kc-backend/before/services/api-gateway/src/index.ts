import { createServer } from 'http';
import Redis from 'ioredis';
import { createAdapter } from '@socket.io/redis-adapter';
import { Server as SocketIOServer } from 'socket.io';
import { createApp } from './app';
import { authenticateSocket } from './sockets/authenticate';

/**
 * Entry point of the gateway: HTTP routes are proxied to the services, the
 * Socket.IO server pushes booking updates to the browsers.
 */
const PORT = Number(process.env.PORT || 3000);
const redisUrl = process.env.REDIS_URL;

const app = createApp();
const httpServer = createServer(app);

// Behind the load balancer several gateways run side by side. Sessions are
// sticky, but an event for a student may arrive at any of them.
// See docs/realtime.md for the events and for how the
// adapter spreads them.

const io = new SocketIOServer(httpServer, {
  cors: {
    origin: process.env.CORS_ORIGIN?.split(',') || ['http://localhost:5173', 'http://localhost:3000'],
    credentials: true,
    methods: ['GET', 'POST'],
  },
  path: '/socket.io',
});

function socketReady(error?: unknown) {
  if (!error) console.log('Socket.IO adapter ready');
  // without redis every gateway only reaches its own sockets
  else console.error('Socket.IO adapter unavailable', error);
}

if (redisUrl) {
  const pub = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const sub = pub.duplicate();
  io.adapter(createAdapter(pub, sub));
  pub.once('ready', () => socketReady());
  pub.on('error', socketReady);
}
io.use(authenticateSocket);
io.on('connection', (socket) => console.log('socket connected', socket.id));

httpServer.on('error', (error) => {
  console.error('API gateway failed', error);
  process.exit(1);
});

httpServer.listen(PORT, '0.0.0.0');
