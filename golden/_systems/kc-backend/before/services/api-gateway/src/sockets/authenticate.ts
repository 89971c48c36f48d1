import jwt from 'jsonwebtoken';
import type { Socket } from 'socket.io';

export function authenticateSocket(socket: Socket, next: (err?: Error) => void) {
  try {
    const claims = jwt.verify(String(socket.handshake.auth.token ?? ''), process.env.JWT_SECRET as string);
    socket.data.user = claims;
    next();
  } catch {
    next(new Error('unauthorized'));
  }
}
