import { BoundedCache } from '../../http/bounded-cache.js';
import { reachable, UnreachableError } from './reachable.js';

/** Answers of the warehouse that are kept. */
const maxAnswers = 200;

/** The last answers of the warehouse, used while it is unreachable (stale-if-error). */
export class StaleCache {
  readonly #answers = new BoundedCache<{ readonly answer: unknown }>(maxAnswers);

  /**
   * Asks the warehouse, or returns its last answer while it is unreachable.
   *
   * @param key - Always with the same kind of answer.
   * @throws UnreachableError when there is no earlier answer.
   */
  async read<Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await reachable(ask());
      this.#answers.set(key, { answer });
      return answer;
    } catch (error) {
      const known = this.#answers.get(key);
      if (known === undefined || !(error instanceof UnreachableError)) throw error;
      return known.answer as Answer;
    }
  }
}
