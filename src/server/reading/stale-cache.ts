// The last answers of the warehouse, for pages of pipeline and data while it is unreachable.

import { BoundedCache } from '../../http/bounded-cache.js';
import { reachable, UnreachableError } from './reachable.js';

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
