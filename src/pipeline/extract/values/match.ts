// Matching of regular expressions with a time limit.

import { createContext, Script, type Context } from 'node:vm';

/** Matches an expression; the plain implementation is `expression.exec(text)`. */
export type Match = (expression: RegExp, text: string) => RegExpExecArray | null;

/** Without a time limit. */
export const matchPlainly: Match = (expression, text) => expression.exec(text);

/** A regular expression exceeded its time limit by backtracking. */
export class SlowMatch extends Error {
  override readonly name = 'SlowMatch';
}

/**
 * Time limits of the attempts for one text, in milliseconds. The second attempt is for a machine that was busy
 * meanwhile.
 */
export const matchLimitsMs: readonly number[] = [250, 1000];

/**
 * Matches with a time limit, which costs a tenth of a millisecond for each text.
 *
 * @throws SlowMatch
 */
export const matchBounded: Match = (expression, text) => {
  for (const limit of matchLimitsMs) {
    const result = withinTime(limit, () => expression.exec(text));
    if (result !== undefined) return result.value;
  }
  throw new SlowMatch(`the expression takes longer than ${matchLimitsMs.at(-1) ?? 0} ms`);
};

let context: (Context & { work?: () => unknown }) | undefined;
const script = new Script('work()');

/**
 * Runs a function with a time limit, which stops loops and backtracking alike. Its data may be left in any state
 * then.
 *
 * @param limit - In milliseconds.
 * @returns Undefined when it was stopped.
 */
export function withinTime<Value>(
  limit: number,
  work: () => Value,
): { readonly value: Value } | undefined {
  context ??= createContext(Object.create(null) as object) as Context & { work?: () => unknown };
  context.work = work;
  try {
    return { value: script.runInContext(context, { timeout: limit }) as Value };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
