export { logger, childLogger } from './config/logger';
export { HttpError, toResponse } from './errors/http-error';
