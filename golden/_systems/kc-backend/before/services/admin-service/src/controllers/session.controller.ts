import { NextFunction, Request, Response } from 'express';
import { HttpError } from '@kodingcaravan/shared';
import * as service from '../services/session.service';

/**
 * @openapi
 * components:
 *   schemas:
 *     Session:
 *       type: object
 *       properties:
 *         id:
 *           type: string
 *           format: uuid
 *         courseId:
 *           type: string
 *           format: uuid
 *         trainerId:
 *           type: string
 *           format: uuid
 *           nullable: true
 *         startsAt:
 *           type: string
 *           format: date-time
 *         status:
 *           type: string
 *           enum: [planned, cancelled, held]
 */

function required(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new HttpError(400, `${name} is required`, 'validation');
  }
  return value.trim();
}

/**
 * @openapi
 * /sessions:
 *   get:
 *     summary: Sessions, oldest first
 *     tags: [sessions]
 *     parameters:
 *       - in: query
 *         name: page
 *         schema:
 *           type: integer
 *           minimum: 1
 *       - in: query
 *         name: size
 *         schema:
 *           type: integer
 *           maximum: 100
 */
export async function list(req: Request, res: Response, next: NextFunction) {
  try {
    const page = Math.max(Number(req.query.page) || 1, 1);
    const size = Math.min(Number(req.query.size) || 20, 100);
    res.json({ page, size, items: await service.findSessions(page, size) });
  } catch (error) {
    next(error);
  }
}

/**
 * @openapi
 * /sessions/{id}:
 *   get:
 *     summary: One session
 *     tags: [sessions]
 *     responses:
 *       200:
 *         description: The session
 *       404:
 *         description: No such session
 */
export async function show(req: Request, res: Response, next: NextFunction) {
  try {
    res.json(await service.findSession(req.params.id));
  } catch (error) {
    next(error);
  }
}

/**
 * @openapi
 * /sessions:
 *   post:
 *     summary: Plan a session
 *     tags: [sessions]
 *     responses:
 *       201:
 *         description: The new session
 *       400:
 *         description: courseId or startsAt is missing
 */
export async function create(req: Request, res: Response, next: NextFunction) {
  try {
    const courseId = required(req.body.courseId, 'courseId');
    const startsAt = required(req.body.startsAt, 'startsAt');
    if (Number.isNaN(Date.parse(startsAt))) {
      throw new HttpError(400, 'startsAt is not a date', 'validation');
    }
    res.status(201).json(await service.createSession(courseId, startsAt));
  } catch (error) {
    next(error);
  }
}

/**
 * @openapi
 * /sessions/{id}:
 *   patch:
 *     summary: Move a session to another time
 *     tags: [sessions]
 *     responses:
 *       200:
 *         description: The session as it is now
 */
export async function update(req: Request, res: Response, next: NextFunction) {
  try {
    const startsAt = required(req.body.startsAt, 'startsAt');
    res.json(await service.changeSession(req.params.id, { startsAt }));
  } catch (error) {
    next(error);
  }
}

/**
 * @openapi
 * /sessions/{id}/trainer:
 *   post:
 *     summary: Give the session to a trainer
 *     description: |
 *       Replaces the trainer the session had before. Trainers are told
 *       by the notification worker, not by this service.
 *     tags: [sessions]
 *     responses:
 *       200:
 *         description: The session as it is now
 */
export async function assignTrainer(req: Request, res: Response, next: NextFunction) {
  try {
    const trainerId = required(req.body.trainerId, 'trainerId');
    res.json(await service.changeSession(req.params.id, { trainerId }));
  } catch (error) {
    next(error);
  }
}

/**
 * @openapi
 * /sessions/{id}/cancel:
 *   post:
 *     summary: Cancel a session
 *     tags: [sessions]
 *     responses:
 *       200:
 *         description: The cancelled session
 *       409:
 *         description: The session was held already
 */
export async function cancel(req: Request, res: Response, next: NextFunction) {
  try {
    const session = await service.findSession(req.params.id);
    if (session.status === 'held') {
      throw new HttpError(409, 'The session was held already', 'conflict');
    }
    res.json(await service.changeSession(session.id, { status: 'cancelled' }));
  } catch (error) {
    next(error);
  }
}

/**
 * @openapi
 * /sessions/{id}/attendance:
 *   post:
 *     summary: Who came
 *     tags: [sessions]
 *     requestBody:
 *       content:
 *         application/json:
 *           schema:
 *             type: object
 *             properties:
 *               studentIds:
 *                 type: array
 *                 items:
 *                   type: string
 *                   format: uuid
 *     responses:
 *       200:
 *         description: How many were saved
 */
export async function attendance(req: Request, res: Response, next: NextFunction) {
  try {
    const ids: unknown = req.body.studentIds;
    if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string')) {
      throw new HttpError(400, 'studentIds must be a list of ids', 'validation');
    }
    const saved = await service.saveAttendance(req.params.id, ids);
    await service.changeSession(req.params.id, { status: 'held' });
    res.json({ saved });
  } catch (error) {
    next(error);
  }
}

/**
 * @openapi
 * /sessions/{id}/summary:
 *   get:
 *     summary: What the dashboard shows about a session
 *     tags: [sessions]
 *     parameters:
 *       - in: path
 *         name: id
 *         required: true
 *         schema:
 *           type: string
 *           format: uuid
 *     responses:
 *       200:
 *         description: Session, minutes until it starts
 *       404:
 *         description: No such session
 *       500:
 *         description: The database did not answer
 */
export async function summary(req: Request, res: Response, next: NextFunction) {
  try {
    const session = await service.findSession(req.params.id);
    const minutes = Math.round((Date.parse(session.startsAt) - Date.now()) / 60_000);
    console.log('session summary', session.id, { minutes, admin: res.locals.adminId });
    res.json({ session, minutes });
  } catch (error) {
    next(error);
  }
}
