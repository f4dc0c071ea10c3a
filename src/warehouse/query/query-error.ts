import { codeFrame } from '../../text/code-frame.js';
import { DaybookError } from '../../errors.js';
import { oneStatement } from './check-answer.js';
import { sqlstate, sqlstateOf } from './sqlstate.js';

/** What to do about errors by SQLSTATE, where Postgres has no advice of its own. */
export type AdviceByState = Readonly<Record<string, string>>;

/**
 * Postgres's error about somebody's statement, as a compiler would say it: what, the lines of the statement
 * with a mark under the place, and what to do.
 *
 * @param cause - What was thrown; anything that Postgres did not send is given back as it is.
 */
export function queryError(sql: string, cause: unknown, advice: AdviceByState = {}): unknown {
  const state = sqlstateOf(cause);
  if (state === undefined || !(cause instanceof Error)) return cause;
  const { detail, hint, position } = cause as Error & Record<string, unknown>;
  const lines = [`${cause.message} (SQLSTATE ${state})`];
  if (typeof detail === 'string') lines.push(detail);
  if (typeof position === 'string') lines.push(...frameAt(sql, Number(position)));
  // A mistake in the text has a place; that there are two statements has none.
  const isSeveral = state === sqlstate.syntaxError && position === undefined;
  const found = typeof hint === 'string' ? hint : isSeveral ? oneStatement : advice[state];
  return new DaybookError('QUERY_FAILED', lines.join('\n'), {
    cause,
    ...(found === undefined ? {} : { hint: found }),
  });
}

/** A name, a quoted one, a number, or any other character. */
const token = /^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$.]+|.)/u;

/** @param position - In characters from 1, as Postgres counts them. */
function frameAt(sql: string, position: number): string[] {
  const before = Array.from(sql)
    .slice(0, position - 1)
    .join('');
  const lines = before.split('\n');
  const length = token.exec(sql.slice(before.length))?.[0].length ?? 1;
  const column = (lines.at(-1) ?? '').length + 1;
  // Indented: in a notebook the lines of the cell follow, and are found by how they begin.
  return codeFrame(sql, { line: lines.length, column, length }).map((row) => `  ${row}`);
}
