import { Pool } from 'pg';

export const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: 20,
  connectionTimeoutMillis: 5000,
});

pool.on('error', (err) => {
  console.error('Unexpected error on idle client', err);
});

/**
 * Waits for the database. Gives up quietly: the pool reconnects with the next
 * query, and until then the routes answer 500.
 */
export async function connect(maxAttempts = 6): Promise<boolean> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    try {
      await pool.query('SELECT 1');
      console.log('Booking database connected');
      return true;
    } catch (err) {
      console.error(`Booking database attempt ${attempt}/${maxAttempts} failed:`, (err as Error).message);
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }
  console.log('Booking database is not available yet');
  return false;
}
