export class HttpError extends Error {
  constructor(
    public readonly status: number,
    message: string,
    public readonly code = 'error',
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

/** What a client may see of an error. */
export function toResponse(error: unknown): { status: number; body: { code: string; message: string } } {
  if (error instanceof HttpError) {
    return { status: error.status, body: { code: error.code, message: error.message } };
  }
  return { status: 500, body: { code: 'internal', message: 'Internal server error' } };
}
