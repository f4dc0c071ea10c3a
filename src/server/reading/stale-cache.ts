// What is shown while the warehouse is unreachable: its last answers, or an error.

import { BoundedCache } from '../../http/bounded-cache.js';
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

/** Answers in the cache. */
const maxAnswers = 200;

/** The last answers of the warehouse, used while it is unreachable (stale-if-error). */
export class StaleCache {
  readonly #answers = new BoundedCache<{ readonly answer: unknown }>(maxAnswers);

  /**
   * Queries the warehouse, or returns its last answer while it is unreachable.
   *
   * @param key - Identifies the query.
   * @throws UnreachableError when there is no earlier answer.
   */
  async read<Answer>(key: string, query: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await reachable(query());
      this.#answers.set(key, { answer });
      return answer;
    } catch (error) {
      const known = this.#answers.get(key);
      if (known === undefined || !(error instanceof UnreachableError)) throw error;
      return known.answer as Answer;
    }
  }
}
