import { Router } from 'express';

export const ops = Router();

ops.get('/healthz', (req, res) => res.json({ status: 'ok' }));
