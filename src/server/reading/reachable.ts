import { DaybookError } from '../../errors.js';
import { isAway } from '../../warehouse/connect/is-away.js';

/** The warehouse could not be asked. */
export class UnreachableError extends DaybookError {
  override readonly name = 'UnreachableError';

  constructor(cause: unknown) {
    super('WAREHOUSE_UNAVAILABLE', 'the warehouse did not answer', { cause });
  }
}

/** Tells a warehouse that is away from all other reasons to fail. */
export async function reachable<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    if (!isAway(cause)) throw cause;
    throw new UnreachableError(cause);
  }
}
