import { Router } from 'express';
import { ops } from './ops.js';

export const routes = Router();

routes.use('/v1', ops);
