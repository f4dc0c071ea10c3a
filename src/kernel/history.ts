// The history of executed cells (`history_request`).

import type { HistoryEntry, MessageContents } from '../jupyter/message.js';
import { globPattern } from '../text/glob.js';

interface Line {
  readonly number: number;
  readonly input: string;
  readonly output: string | null;
}

/** IPython numbers sessions across kernels; here each kernel has only its own. */
const session = 1;

/** The cells that this kernel has run. */
export class History {
  readonly #lines: Line[] = [];

  /** @param output - The plain text of the cell's result; null: none. */
  add(number: number, input: string, output: string | null): void {
    this.#lines.push({ number, input, output });
  }

  /** The entries of a request, oldest first. */
  find(request: MessageContents['history_request']): HistoryEntry[] {
    return this.#select(request).map(({ number, input, output }) => [
      session,
      number,
      request.output === true ? [input, output] : input,
    ]);
  }

  #select(request: MessageContents['history_request']): readonly Line[] {
    const last = request.n ?? this.#lines.length;
    switch (request.hist_access_type) {
      case 'tail':
        return lastOf(this.#lines, last);
      case 'range': {
        // 0 means the current session, and so does its number.
        if (request.session !== undefined && ![0, session].includes(request.session)) return [];
        const { start = 0, stop } = request;
        return this.#lines.filter(
          ({ number }) => number >= start && number < (stop ?? Number.POSITIVE_INFINITY),
        );
      }
      case 'search': {
        const pattern = globPattern(request.pattern ?? '*', '*?');
        const found = this.#lines.filter(({ input }) => pattern.test(input));
        return lastOf(request.unique === true ? uniqueInputs(found) : found, last);
      }
      default:
        return [];
    }
  }
}

function lastOf<T>(items: readonly T[], count: number): readonly T[] {
  return count <= 0 ? [] : items.slice(-count);
}

/** The last entry of each input. */
function uniqueInputs(lines: readonly Line[]): Line[] {
  return [...new Map(lines.map((line) => [line.input, line])).values()];
}
