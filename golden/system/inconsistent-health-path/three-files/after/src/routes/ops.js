import { Router } from 'express';

export const ops = Router();

ops.get(['/health', '/healthz'], (req, res) => res.json({ status: 'ok' }));
