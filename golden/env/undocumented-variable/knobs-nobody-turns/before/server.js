const url = process.env.DATABASE_URL;
const pool = Number(process.env.POOL_MAX || 10);
const idle = Number(process.env.POOL_IDLE_MS || 30000);
const level = process.env.LOG_LEVEL ?? 'info';
if (process.env.SENTRY_DSN) require('./sentry');
const zone = process.env.TRACE_ZONE ? trace(process.env.TRACE_ZONE) : undefined;
require('ledger-start')(url, pool, idle, level, zone);
