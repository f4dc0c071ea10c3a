import { DaybookError } from '../../errors.js';

/** What `pg` says of a statement's answer beside its rows. */
export interface Answer {
  /** The first word of what Postgres did; null for an empty text. */
  readonly command: string | null;
  readonly fields: readonly { readonly name: string }[];
}

/**
 * Refuses a statement that answers with no rows, as those do that copy, set, listen or begin: who asked
 * for rows would take "none" for an answer.
 *
 * @throws DaybookError `QUERY_FAILED`.
 */
export function checkAnswer({ command, fields }: Answer): void {
  if (command === null || command === '') {
    throw new DaybookError('QUERY_FAILED', 'the query is empty', {
      hint: 'write one statement that answers with rows, like select',
    });
  }
  // `select` without a column has rows all the same.
  if (fields.length > 0 || command === 'SELECT') return;
  const hint =
    command === 'COPY'
      ? 'select the rows; `daybook query "select …" --format csv` prints them as CSV'
      : 'a query is one statement like select, values, table, with, show or explain';
  throw new DaybookError('QUERY_FAILED', `${command.toLowerCase()} answers with no rows`, { hint });
}

/**
 * A column's name that an object for each row cannot hold beside the others: the second of two alike, or
 * the one that JavaScript keeps for itself.
 */
export function unfitName(fields: Answer['fields']): string | undefined {
  const names = fields.map(({ name }) => name);
  return names.find((name, index) => name === '__proto__' || names.indexOf(name) < index);
}

/** What to say of an {@link unfitName}. */
export function unfitMessage(name: string): string {
  return name === '__proto__'
    ? 'a column is called "__proto__", which no object can have'
    : `two columns are called "${name}"`;
}

/** What to do about several statements in one query. */
export const oneStatement = 'ask one statement after the other, each in a query of its own';

/** What to do about an {@link unfitName}. */
export const unfitHint = 'Give each its own name with AS';
