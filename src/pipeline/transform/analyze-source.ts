// Planner statistics and block range summaries of loaded tables.

import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { quote } from '../../warehouse/query/sql-text.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import type { Source } from '../definitions/source.js';
import { cancelOnAbort } from '../../warehouse/query/cancel-on-abort.js';
import { sourceTableSql } from '../load/ensure-table.js';

/**
 * Analyses a source's table after a load, unless little was loaded: queries would be planned for an empty table,
 * because autovacuum runs minutes later. The payload is left out: its texts take the most time, and no model joins
 * or groups by it.
 *
 * @param loaded - Lines that were loaded in this run.
 */
export async function analyzeSource(pool: Pool, source: Source, loaded: number): Promise<void> {
  const table = sourceTableSql(source);
  const [known] = await queryRows<{ rows: number }>(
    pool,
    'select reltuples::float8 as rows from pg_class where oid = to_regclass($1)',
    [table],
  );
  // -1: never analysed.
  if (known !== undefined && loaded * 4 < known.rows) return;
  if (loaded === 0 && known?.rows !== -1) return;
  const columns = [...source.columns.map(({ name }) => quote(name)), 'source_file'];
  await pool.query(`analyze ${table} (${columns.join(', ')})`);
}

/**
 * Summarises new blocks of tables in their block range indexes; until then a lookup of one file reads all of them.
 * It takes a sixth of the time of the load, on one processor, so it runs beside other work, otherwise Postgres's
 * vacuum does it later. It is skipped when the table is locked, and when the run is aborted.
 *
 * @param tables - Names with their schema.
 */
export async function summarizeBlocks(
  pool: Pool,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await withTransaction(pool, async (client) => {
      const stop = await cancelOnAbort(pool, client, signal);
      try {
        await client.query("set local lock_timeout = '2s'");
        await client.query(summarize, [tables]);
      } finally {
        stop();
      }
    });
  } catch (error) {
    if (sqlstateOf(error) !== sqlstate.lockNotAvailable && !signal.aborted) throw error;
  }
}

const summarize = `
  select brin_summarize_new_values(indexrelid)
  from pg_index
  join pg_class as index on index.oid = indexrelid
  join pg_am on pg_am.oid = relam
  where indrelid in (select to_regclass(name) from unnest($1::text[]) as name) and amname = 'brin'`;
