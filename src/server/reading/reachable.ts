import { isAway } from '../../warehouse/connect/is-away.js';

/** The warehouse could not be asked. */
export class UnreachableError extends Error {}

/** Tells a warehouse that is away from all other reasons to fail. */
export async function reachable<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    if (!isAway(cause)) throw cause;
    throw new UnreachableError('the warehouse did not answer', { cause });
  }
}
