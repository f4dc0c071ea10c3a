// The error of a warehouse that is unreachable.

import { DaybookError } from '../../errors.js';
import { isUnreachable } from '../../warehouse/connect/is-unreachable.js';

/** The warehouse is unreachable. */
export class UnreachableError extends DaybookError {
  override readonly name = 'UnreachableError';

  constructor(cause: unknown) {
    super('WAREHOUSE_UNAVAILABLE', 'the warehouse did not answer', { cause });
  }
}

/** Turns errors of an unreachable warehouse into {@link UnreachableError}; others pass. */
export async function reachable<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    if (!isUnreachable(cause)) throw cause;
    throw new UnreachableError(cause);
  }
}
