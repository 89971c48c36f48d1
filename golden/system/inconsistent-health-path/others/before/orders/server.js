import express from 'express';
import { taxIsUp } from './tax.js';

const app = express();
app.get('/healthz', (req, res) => res.json({ status: 'ok' }));
app.get('/tax', async (req, res) => res.json({ up: await taxIsUp() }));
app.listen(3000);
