import { Router } from 'express';
import { logger } from '@kodingcaravan/shared';
import { pool } from '../config/database';
import { publish } from '../events/producer';

export const bookingRouter = Router();

bookingRouter.post('/', async (req, res, next) => {
  const client = await pool.connect().catch(next);
  if (!client) return;
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(
      'INSERT INTO bookings (student_id, slot_id) VALUES ($1, $2) RETURNING id',
      [req.body.studentId, req.body.slotId],
    );
    await client.query('UPDATE slots SET taken = true WHERE id = $1', [req.body.slotId]);
    await client.query('COMMIT');
    publish('created', { bookingId: rows[0].id }).catch((error) => logger.warn('Event lost', { error: error.message }));
    res.status(201).json({ id: rows[0].id });
  } catch (error) {
    await client.query('ROLLBACK');
    next(error);
  } finally {
    client.release();
  }
});
