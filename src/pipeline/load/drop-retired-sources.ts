// Dropping of tables whose sources are gone.

import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { qualified } from '../../warehouse/query/sql-text.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { withTransaction } from '../../warehouse/query/transaction.js';

/**
 * Drops the tables of sources that are no longer declared, once their lines have been removed within the limits: the
 * catalogue would show them for ever. Tables with lines stay, and so does what others depend on. A run says nothing
 * of it: it has said which lines went, and a new warehouse has the table of the first example, which few have seen.
 *
 * @param schema - The schema of the tables of sources.
 * @param declared - The names of all declared sources.
 */
export async function dropRetiredSources(
  pool: Pool,
  schema: string,
  declared: readonly string[],
): Promise<void> {
  // The columns that every source's table has, and no other table.
  const tables = await queryRows<{ name: string }>(
    pool,
    `select c.relname as name
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind in ('r', 'p') and c.relname <> all ($2)
      and 3 = (
        select count(*) from pg_attribute as a
        where a.attrelid = c.oid and not a.attisdropped and (a.attname, a.atttypid) in
          (('payload', 'jsonb'::regtype), ('source_file', 'text'::regtype), ('line_number', 'bigint'::regtype))
      )
    order by c.relname`,
    [schema, declared],
  );
  for (const { name } of tables) await dropEmpty(pool, { schema, name });
}

async function dropEmpty(pool: Pool, table: { schema: string; name: string }): Promise<void> {
  try {
    await withTransaction(pool, async (client) => {
      await client.query(`lock table ${qualified(table)} in access exclusive mode`);
      const { rows } = await client.query(`select from ${qualified(table)} limit 1`);
      if (rows.length === 0) await client.query(`drop table ${qualified(table)}`);
    });
  } catch (error) {
    const state = sqlstateOf(error);
    const isOthers =
      state === sqlstate.dependentObjectsStillExist || state === sqlstate.insufficientPrivilege;
    if (!isOthers) throw error;
  }
}
