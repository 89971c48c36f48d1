import { Pool } from 'pg';
import { logger } from '@kodingcaravan/shared';

export const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DB_POOL_MAX || 10),
  connectionTimeoutMillis: 5_000,
});

pool.on('error', (error) => logger.warn('Idle client failed', { error: error.message }));

/** Tries until the database answers, at most every 30 seconds. Never throws. */
export function connectInBackground(attempt = 0): void {
  pool
    .query('SELECT 1')
    .then(() => logger.info('Database connected', { attempt }))
    .catch((error) => {
      logger.warn('Database not reachable', { attempt, error: error.message });
      setTimeout(() => connectInBackground(attempt + 1), Math.min(500 * 2 ** attempt, 30_000)).unref();
    });
}
