import bcrypt from 'bcryptjs';
import { Router } from 'express';
import Redis from 'ioredis';
import jwt from 'jsonwebtoken';
import { HttpError } from '@kodingcaravan/shared';
import { pool } from '../config/database';

const redis = new Redis(process.env.REDIS_URL!, { lazyConnect: true });
const jwtSecret = process.env.JWT_SECRET!;
const ttl = Number(process.env.SESSION_TTL_SECONDS || 86_400);

export const authRouter = Router();

authRouter.post('/login', async (req, res, next) => {
  try {
    const { rows } = await pool.query('SELECT id, password_hash FROM students WHERE email = $1', [req.body.email]);
    const ok = rows.length > 0 && (await bcrypt.compare(String(req.body.password), rows[0].password_hash));
    if (!ok) throw new HttpError(401, 'Wrong email or password', 'credentials');
    const token = jwt.sign({ sub: rows[0].id, role: 'student' }, jwtSecret, { expiresIn: ttl });
    await redis.set(`session:${rows[0].id}`, token, 'EX', ttl);
    res.json({ token });
  } catch (error) {
    next(error);
  }
});

authRouter.post('/logout', async (req, res, next) => {
  try {
    await redis.del(`session:${req.body.studentId}`);
    res.status(204).end();
  } catch (error) {
    next(error);
  }
});
