// The rows of a query.

import type { ClientBase, Pool, QueryResultRow } from 'pg';

/**
 * The rows of one statement, with values mapped as `value-mapping.ts` says.
 *
 * @param connection - A pool or one connection of it.
 * @param sql - One statement, with `$1`, `$2` … for values.
 * @param values - The values; an array becomes a Postgres array.
 * @throws Postgres's own error; `sqlstateOf` reads its code.
 */
export async function queryRows<Row extends QueryResultRow>(
  connection: Pool | ClientBase,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await connection.query<Row>(sql, [...values]);
  return result.rows;
}
