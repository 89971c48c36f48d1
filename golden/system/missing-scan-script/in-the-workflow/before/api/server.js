import express from 'express';
import pg from 'pg';

if (!process.env.JWT_SECRET) throw new Error('JWT_SECRET is missing');
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = express();
app.get('/health', async (req, res) => res.json(await pool.query('select 1')));
app.listen(3000);
