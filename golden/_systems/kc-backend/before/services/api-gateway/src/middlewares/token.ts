import { NextFunction, Request, Response } from 'express';
import jwt from 'jsonwebtoken';

const jwtSecret = process.env.JWT_SECRET as string;
const OPEN = ['/api/auth/', '/api/courses'];

export function requireToken(req: Request, res: Response, next: NextFunction) {
  if (OPEN.some((prefix) => req.path.startsWith(prefix))) {
    return next();
  }
  const token = req.headers.authorization?.replace(/^Bearer /, '');
  try {
    req.headers['x-user'] = JSON.stringify(jwt.verify(token ?? '', jwtSecret));
    return next();
  } catch {
    return res.status(401).json({ code: 'unauthorized', message: 'Missing or invalid token' });
  }
}
