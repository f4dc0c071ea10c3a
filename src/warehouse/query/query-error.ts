// Messages about Postgres's errors in queries.

import { codeFrame } from '../../text/code-frame.js';
import { DaybookError } from '../../errors.js';
import { oneStatement } from './check-answer.js';
import { sqlstate, sqlstateOf } from './sqlstate.js';

/** Advice by SQLSTATE, where Postgres has none. */
export type AdviceByState = Readonly<Record<string, string>>;

/**
 * Postgres's error in a statement like a compiler's message: what, the lines of the statement with a mark at the
 * position, and advice.
 *
 * @param cause - The thrown value; anything that Postgres did not send is returned unchanged.
 */
export function queryError(sql: string, cause: unknown, advice: AdviceByState = {}): unknown {
  const state = sqlstateOf(cause);
  if (state === undefined || !(cause instanceof Error)) return cause;
  const { detail, hint, position } = cause as Error & Record<string, unknown>;
  const lines = [`${cause.message} (SQLSTATE ${state})`];
  if (typeof detail === 'string') lines.push(detail);
  if (typeof position === 'string') lines.push(...frameAt(sql, Number(position)));
  // A syntax error has a position; several statements have none.
  const isSeveral = state === sqlstate.syntaxError && position === undefined;
  const found = typeof hint === 'string' ? hint : isSeveral ? oneStatement : advice[state];
  return new DaybookError('QUERY_FAILED', lines.join('\n'), { cause, hint: found });
}

/** A name, a quoted one, a number, or any other character. */
const token = /^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$.]+|.)/u;

/** @param position - In characters from 1, as in Postgres. */
function frameAt(sql: string, position: number): string[] {
  const before = Array.from(sql)
    .slice(0, position - 1)
    .join('');
  const lines = before.split('\n');
  const length = token.exec(sql.slice(before.length))?.[0].length ?? 1;
  const column = (lines.at(-1) ?? '').length + 1;
  // Indented: in a notebook the lines of the cell follow, and are recognised by their beginning.
  return codeFrame(sql, { line: lines.length, column, length }).map((row) => `  ${row}`);
}
