import pino from 'pino';

export const logger = pino({
  name: 'logger-service',
  level: process.env.LOG_LEVEL || 'info',
});
