import { NextFunction, Request, Response } from 'express';
import jwt, { JwtPayload } from 'jsonwebtoken';

const secret = process.env.JWT_SECRET!;

export function requireAdmin(req: Request, res: Response, next: NextFunction) {
  try {
    const token = (req.headers.authorization ?? '').replace('Bearer ', '');
    const claims = jwt.verify(token, secret) as JwtPayload;
    if (claims.role !== 'admin') return res.status(403).json({ code: 'forbidden', message: 'Admins only' });
    res.locals.adminId = claims.sub;
    return next();
  } catch {
    return res.status(401).json({ code: 'unauthorized', message: 'Missing or invalid token' });
  }
}
