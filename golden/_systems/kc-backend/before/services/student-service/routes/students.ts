import { Router } from 'express';
import type { Pool } from 'pg';
import { HttpError } from '@kodingcaravan/shared';

export const studentRouter = Router();

studentRouter.get('/:id', async (req, res, next) => {
  try {
    const pool: Pool = req.app.locals.pool;
    const { rows } = await pool.query('SELECT id, name, grade FROM students WHERE id = $1', [req.params.id]);
    if (rows.length === 0) throw new HttpError(404, 'No such student', 'not_found');
    res.json(rows[0]);
  } catch (error) {
    next(error);
  }
});

studentRouter.patch('/:id', async (req, res, next) => {
  try {
    const pool: Pool = req.app.locals.pool;
    await pool.query('UPDATE students SET name = $2 WHERE id = $1', [req.params.id, req.body.name]);
    res.status(204).end();
  } catch (error) {
    next(error);
  }
});
