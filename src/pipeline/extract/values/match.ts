import { createContext, Script, type Context } from 'node:vm';

/** Finds what an expression matches; the plain way is `expression.exec(text)`. */
export type Match = (expression: RegExp, text: string) => RegExpExecArray | null;

/** The plain way: quick, and it takes as long as it takes. */
export const matchPlainly: Match = (expression, text) => expression.exec(text);

/** An expression went back and forth on one text for longer than it may. */
export class SlowMatch extends Error {
  override readonly name = 'SlowMatch';
}

/** What one text may take, in milliseconds. The second try is for a machine that did something else meanwhile. */
export const matchLimitsMs: readonly number[] = [250, 1000];

/**
 * Matches with a limit of time, which costs a tenth of a millisecond for each text.
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
 * Does something, and stops it in the middle when it takes too long: loops and expressions that backtrack alike.
 * What it works on may be left half done then.
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
