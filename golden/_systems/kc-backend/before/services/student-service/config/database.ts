import { Pool, PoolClient } from 'pg';
import { logger } from '@kodingcaravan/shared';

const maxRetries = Number(process.env.DB_MAX_RETRIES || 5);
const baseDelayMs = 500;

let pool: Pool | null = null;

function createPool(): Pool {
  return new Pool({
    connectionString: process.env.DATABASE_URL,
    max: Number(process.env.DB_POOL_MAX || 10),
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
  });
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Opens the pool and proves with a query that the database answers.
 * Waits 0.5 s, 1 s, 2 s, ... between the attempts.
 *
 * The pool is kept, later calls get the same one.
 */
export async function initPostgres(): Promise<Pool> {
  if (pool) {
    return pool;
  }

  const candidate = createPool();
  let lastError: Error | null = null;

  for (let attempt = 1; attempt <= maxRetries; attempt++) {
    try {
      await candidate.query('SELECT 1');
      pool = candidate;
      logger.info('PostgreSQL connected', { attempt });
      return candidate;
    } catch (error) {
      lastError = error as Error;
      logger.warn('PostgreSQL connection failed', {
        attempt,
        error: lastError.message,
      });
      await sleep(baseDelayMs * 2 ** (attempt - 1));
    }
  }

  await candidate.end();

  logger.error('PostgreSQL connection failed after retries', {
    attempts: maxRetries,
    error: lastError?.message,
  });
  throw lastError;
}

export async function withTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const db = await initPostgres();
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
