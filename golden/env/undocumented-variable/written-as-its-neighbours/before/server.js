const port = process.env.PORT || 3000;
const retries = Number(process.env.DB_MAX_RETRIES || 3);
const pool = { url: process.env.DATABASE_URL, max: Number(process.env.DB_POOL_MAX || 10) };
const secret = process.env.JWT_SECRET;
if (!secret) throw new Error('JWT_SECRET is missing');
if (process.env.SENTRY_DSN) require('./sentry');
const from = process.env.MAIL_FROM || 'Ledger <no-reply@example.org>';
require('http').createServer((_, res) => res.end(process.env.NODE_ENV)).listen(port);
