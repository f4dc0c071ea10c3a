import { BoundedCache } from '../../http/bounded-cache.js';
import { reachable, UnreachableError } from './reachable.js';

/** Answers of the warehouse that are kept. */
const maxAnswers = 200;

/** The last answers of the warehouse, to go by while it is away. */
export class LastSeen {
  readonly #answers = new BoundedCache<{ readonly answer: unknown }>(maxAnswers);

  /**
   * Asks, or gives what was answered before when the warehouse is away.
   *
   * @param key - Always with the same kind of answer.
   * @throws UnreachableError when it is away and never answered.
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
