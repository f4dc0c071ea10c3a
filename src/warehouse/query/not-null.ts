// Columns that a query declares not null, by a comment.

import { DaybookError } from '../../errors.js';

/**
 * The columns of which a query says itself that they hold no null, by a comment like `-- not null: month, total`:
 * for what its author knows and its text does not tell. It is checked when the query has run.
 */
export function declaredNotNull(sql: string): ReadonlySet<string> {
  const lists = [...sql.matchAll(/--[ \t]*not null:([^\n]*)/gi)].map(([, names = '']) => names);
  return new Set(lists.flatMap((names) => names.split(',').map((name) => name.trim())));
}

/**
 * Compares what a query answered with what it says itself.
 *
 * @param before - How many rows came before these. Default: none.
 * @throws DaybookError `QUERY_FAILED` for a null, or no column, where it says that there is none.
 */
export function checkNotNull(sql: string, rows: readonly object[], before = 0): void {
  for (const name of declaredNotNull(sql)) {
    const at = rows.findIndex((row) => ((row as Record<string, unknown>)[name] ?? null) === null);
    if (at < 0) continue;
    throw new DaybookError(
      'QUERY_FAILED',
      `${name} is null in row ${before + at + 1}, and the query says -- not null: ${name}`,
      { hint: 'leave the column out of the comment, or the row out of the query' },
    );
  }
}
