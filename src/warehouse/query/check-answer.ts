// Checks of a query's result.

import { DaybookError } from '../../errors.js';

/** The result of a statement beside its rows. */
export interface Answer {
  /** The command tag of Postgres; null for an empty text. */
  readonly command: string | null;
  readonly fields: readonly { readonly name: string }[];
}

/**
 * Refuses a statement without a result set, such as copy, set, listen or begin: its caller would take "no rows"
 * for the result.
 *
 * @throws DaybookError `QUERY_FAILED`.
 */
export function checkAnswer({ command, fields }: Answer): void {
  if (command === null || command === '') {
    throw new DaybookError('QUERY_FAILED', 'the query is empty', {
      hint: 'write one statement that answers with rows, like select',
    });
  }
  // `select` without columns has rows all the same.
  if (fields.length > 0 || command === 'SELECT') return;
  const hint =
    command === 'COPY'
      ? 'select the rows; `daybook query "select …" --format csv` prints them as CSV'
      : 'a query is one statement like select, values, table, with, show or explain';
  throw new DaybookError('QUERY_FAILED', `${command.toLowerCase()} answers with no rows`, { hint });
}

/** A column name that an object for each row cannot hold: a duplicate, or one that JavaScript reserves. */
export function unfitName(fields: Answer['fields']): string | undefined {
  const names = fields.map(({ name }) => name);
  return names.find((name, index) => name === '__proto__' || names.indexOf(name) < index);
}

/** The message for an {@link unfitName}. */
export function unfitMessage(name: string): string {
  return name === '__proto__'
    ? 'a column is called "__proto__", which no object can have'
    : `two columns are called "${name}"`;
}

/** The advice for several statements in one query. */
export const oneStatement = 'ask one statement after the other, each in a query of its own';

/** The advice for an {@link unfitName}. */
export const unfitHint = 'Give each its own name with AS';
