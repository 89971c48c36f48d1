import bcrypt from 'bcryptjs';
import express from 'express';
import Redis from 'ioredis';
import jwt from 'jsonwebtoken';
import { publish } from './kafka';
import { prisma } from './prisma';

const app = express();
const port = process.env.PORT || 6001;
const jwtSecret = process.env.JWT_SECRET as string;
const expiresIn = (process.env.JWT_EXPIRES_IN || '7d') as jwt.SignOptions['expiresIn'];

// sessions are only kept when redis is configured
const redis = process.env.REDIS_URL ? new Redis(process.env.REDIS_URL) : null;

app.use(express.json());

app.get('/', (req, res) => {
  res.send({ message: 'Welcome to auth-service!' });
});

app.post('/register', async (req, res) => {
  const { email, name, password } = req.body;
  const user = await prisma.user.create({
    data: { email, name, password: await bcrypt.hash(password, 10) },
  });
  await publish('users-events', { type: 'registered', userId: user.id });
  res.status(201).send({ id: user.id });
});

app.post('/login', async (req, res) => {
  const user = await prisma.user.findUnique({ where: { email: req.body.email } });
  if (!user || !(await bcrypt.compare(req.body.password, user.password))) {
    return res.status(401).send({ message: 'Invalid email or password' });
  }
  const token = jwt.sign({ sub: user.id, role: user.role }, jwtSecret, { expiresIn });
  await redis?.set(`session:${user.id}`, token);
  return res.send({ token });
});

const server = app.listen(port, () => {
  console.log(`auth-service listening at http://localhost:${port}`);
});
server.on('error', console.error);

function shutdown(signal: string) {
  console.log(`${signal} received, draining connections`);
  server.close(async () => {
    await prisma.$disconnect();
    redis?.disconnect();
    process.exit(0);
  });
}
process.on('SIGTERM', () => shutdown('SIGTERM'));
process.on('SIGINT', () => shutdown('SIGINT'));
