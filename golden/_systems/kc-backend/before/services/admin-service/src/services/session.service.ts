import { HttpError } from '@kodingcaravan/shared';
import { pool } from '../config/database';

export interface Session {
  id: string;
  courseId: string;
  trainerId: string | null;
  startsAt: string;
  status: 'planned' | 'cancelled' | 'held';
}

const COLUMNS = 'id, course_id AS "courseId", trainer_id AS "trainerId", starts_at AS "startsAt", status';

export async function findSessions(page: number, size: number): Promise<Session[]> {
  const { rows } = await pool.query(`SELECT ${COLUMNS} FROM sessions ORDER BY starts_at LIMIT $1 OFFSET $2`, [
    size,
    (page - 1) * size,
  ]);
  console.log('sessions page', page, 'rows', rows.length);
  return rows;
}

export async function findSession(id: string): Promise<Session> {
  const { rows } = await pool.query(`SELECT ${COLUMNS} FROM sessions WHERE id = $1`, [id]);
  if (rows.length === 0) {
    console.warn(`session ${id} not found`);
    throw new HttpError(404, 'No such session', 'not_found');
  }
  return rows[0];
}

export async function createSession(courseId: string, startsAt: string): Promise<Session> {
  try {
    const { rows } = await pool.query(
      `INSERT INTO sessions (course_id, starts_at) VALUES ($1, $2) RETURNING ${COLUMNS}`,
      [courseId, startsAt],
    );
    return rows[0];
  } catch (error) {
    console.error('Could not create session', error);
    throw error;
  }
}

export async function changeSession(id: string, change: Partial<Session>): Promise<Session> {
  const current = await findSession(id);
  const next = { ...current, ...change };
  if (current.status === 'held') console.warn('changing a session that was already held', { id });
  await pool.query('UPDATE sessions SET trainer_id = $2, starts_at = $3, status = $4 WHERE id = $1', [
    id,
    next.trainerId,
    next.startsAt,
    next.status,
  ]);
  return next;
}

export async function saveAttendance(id: string, studentIds: string[]): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const studentId of studentIds) {
      await client.query('INSERT INTO attendance (session_id, student_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        id,
        studentId,
      ]);
    }
    await client.query('COMMIT');
    console.log(`attendance of ${id} saved`);
    return studentIds.length;
  } catch (error) {
    await client.query('ROLLBACK');
    console.error('Attendance rolled back', { id }, error);
    throw error;
  } finally {
    client.release();
  }
}
