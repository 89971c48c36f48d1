import { Router } from 'express';

export const ops = Router();

ops.get('/health', (req, res) => res.json({ status: 'ok' }));
