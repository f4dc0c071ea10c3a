import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query-rows.js';
import { sourceTable, type Source } from '../sources/source.js';
import { quote } from './relation.js';

/**
 * Gets a source's table ready for the models after a load; Postgres itself would come to it minutes
 * later. New blocks are summarised in the block range indexes: until then a look at one file reads the
 * whole table. And the planner is told what is in it, unless little was loaded: otherwise plans are made
 * for an empty table. The payload is left out of that, since its texts take the most time and no model
 * joins or groups by it.
 *
 * @param loaded - Lines that were loaded in this run.
 */
export async function analyzeSource(pool: Pool, source: Source, loaded: number): Promise<void> {
  const table = sourceTable(source);
  if (loaded > 0) {
    await pool.query(
      `select brin_summarize_new_values(indexrelid)
      from pg_index
      join pg_class as index on index.oid = indexrelid
      join pg_am on pg_am.oid = relam
      where indrelid = to_regclass($1) and amname = 'brin'`,
      [table],
    );
  }
  const [known] = await queryRows<{ rows: number }>(
    pool,
    'select reltuples::float8 as rows from pg_class where oid = to_regclass($1)',
    [table],
  );
  // -1: nobody ever looked.
  if (known !== undefined && loaded * 4 < known.rows) return;
  if (loaded === 0 && known?.rows !== -1) return;
  const columns = [...source.columns.map(({ name }) => quote(name)), 'source_file'];
  await pool.query(`analyze ${table} (${columns.join(', ')})`);
}
