import { Pool, PoolConfig } from 'pg';
import { childLogger } from '@kodingcaravan/shared';

const log = childLogger({ component: 'database' });

const config: PoolConfig = {
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DB_POOL_MAX || 10),
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 30_000,
};

let pool: Pool | undefined;

const RETRIES = 5;
// refused, unknown host, timeout, and
// "the database system is starting up"
const TRANSIENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', '57P03']);

function isTransient(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return TRANSIENT.has(code);
}

function wait(attempt: number): Promise<void> {
  const ms = Math.min(500 * 2 ** attempt, 8_000);
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Connects, with a growing pause between the attempts. */
export async function initPostgres(): Promise<Pool> {
  if (pool) return pool;

  const fresh = new Pool(config);
  fresh.on('error', (error) => {
    // an idle client lost its connection, the pool replaces it
    log.warn('Idle client failed', { error: error.message });
  });

  let lastError: Error | undefined;

  for (let attempt = 0; attempt < RETRIES; attempt++) {
    try {
      await fresh.query('SELECT 1');
      pool = fresh;
      return fresh;
    } catch (error) {
      lastError = error as Error;
      if (!isTransient(error)) break;
      log.warn('Database not reachable, trying again', { attempt });
      await wait(attempt);
    }
  }

  await fresh.end();
  if (lastError) {
    log.error('Database connection failed', { error: lastError.message });
    throw lastError;
  }
  return fresh;
}
