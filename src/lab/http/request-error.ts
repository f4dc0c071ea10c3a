// The error of an invalid request to the lab.

import { DaybookError } from '../../errors.js';

/** A request that fails with an HTTP status and a message for its sender. */
export class RequestError extends DaybookError {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: 400 | 403 | 404 | 409 | 413 | 500 | 501, message: string, cause?: unknown) {
    super('REQUEST_INVALID', message, { cause });
    this.status = status;
  }
}
