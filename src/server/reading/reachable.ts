// The error of a warehouse that is unreachable.

import { DaybookError } from '../../errors.js';
import { isAway } from '../../warehouse/connect/is-away.js';

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
    if (!isAway(cause)) throw cause;
    throw new UnreachableError(cause);
  }
}
