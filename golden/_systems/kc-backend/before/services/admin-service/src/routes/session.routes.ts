import { Router } from 'express';
import * as sessions from '../controllers/session.controller';

export const sessionRouter = Router();

sessionRouter.get('/', sessions.list);
sessionRouter.get('/:id', sessions.show);
sessionRouter.post('/', sessions.create);
sessionRouter.patch('/:id', sessions.update);
sessionRouter.post('/:id/trainer', sessions.assignTrainer);
sessionRouter.post('/:id/cancel', sessions.cancel);
sessionRouter.post('/:id/attendance', sessions.attendance);
sessionRouter.get('/:id/summary', sessions.summary);
