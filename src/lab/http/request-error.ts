import { DaybookError } from '../../errors.js';

/** A request that cannot be answered as asked: the HTTP status, and why, for the person who asked. */
export class RequestError extends DaybookError {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: 400 | 403 | 404 | 409 | 413 | 500 | 501, message: string, cause?: unknown) {
    super('REQUEST_INVALID', message, { cause });
    this.status = status;
  }
}
