import bcrypt from 'bcryptjs';
import { Router } from 'express';
import jwt from 'jsonwebtoken';
import { HttpError } from '@kodingcaravan/shared';
import { pool } from '../config/database';

export const authRouter = Router();

authRouter.post('/login', async (req, res, next) => {
  try {
    const { rows } = await pool.query('SELECT id, password_hash FROM trainers WHERE email = $1', [req.body.email]);
    const ok = rows.length > 0 && (await bcrypt.compare(String(req.body.password), rows[0].password_hash));
    if (!ok) throw new HttpError(401, 'Wrong email or password', 'credentials');
    const token = jwt.sign({ sub: rows[0].id, role: 'trainer' }, process.env.JWT_SECRET as string, { expiresIn: '12h' });
    res.json({ token });
  } catch (error) {
    next(error);
  }
});
