import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query-rows.js';
import { sourceTable, type Source } from '../sources/source.js';
import { quote } from './relation.js';

/**
 * Tells Postgres's planner about a source's table after a load, unless little was loaded: without it
 * the plans of the models are made for an empty table. Postgres's own collector comes minutes later.
 * The payload is left out, since its texts take the most time and no model joins or groups by it.
 *
 * @param loaded - Lines that were loaded in this run.
 */
export async function analyzeSource(pool: Pool, source: Source, loaded: number): Promise<void> {
  const table = sourceTable(source);
  const [known] = await queryRows<{ rows: number }>(
    pool,
    'select reltuples::float8 as rows from pg_class where oid = to_regclass($1)',
    [table],
  );
  // -1: nobody ever looked.
  if (known !== undefined && loaded * 10 < known.rows) return;
  if (loaded === 0 && known?.rows !== -1) return;
  const columns = [...source.columns.map(({ name }) => quote(name)), 'source_file'];
  await pool.query(`analyze ${table} (${columns.join(', ')})`);
}
