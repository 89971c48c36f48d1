import { Router } from 'express';
import type { Pool } from 'pg';

export const courseRouter = Router();

courseRouter.get('/', async (req, res, next) => {
  try {
    const pool: Pool = req.app.locals.pool;
    const { rows } = await pool.query('SELECT id, title, level FROM courses ORDER BY title LIMIT 100');
    res.json(rows);
  } catch (error) {
    next(error);
  }
});

courseRouter.post('/', async (req, res, next) => {
  try {
    const pool: Pool = req.app.locals.pool;
    const { title, level } = req.body;
    const { rows } = await pool.query('INSERT INTO courses (title, level) VALUES ($1, $2) RETURNING id', [title, level]);
    res.status(201).json(rows[0]);
  } catch (error) {
    next(error);
  }
});
