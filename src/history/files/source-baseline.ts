// The baseline of the removal limit.

import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';

const loadedLines = `
  select source, sum(loaded_count) as loaded_count from ops.source_file group by source`;

/**
 * Lines of each source at the last run that kept all limits. Other runs leave the baseline as it is, so what one
 * refuses the next one refuses, too, whatever was loaded in the meantime.
 */
export async function readBaseline(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const rows = await queryRows<{ source: string; lines: number }>(
    pool,
    'select source, loaded_count::float8 as lines from ops.source_baseline',
  );
  return new Map(rows.map(({ source, lines }) => [source, lines]));
}

/** Sets the baseline of sources without one to the loaded lines, before a run changes them. */
export async function beginBaseline(pool: Pool): Promise<void> {
  await pool.query(
    `insert into ops.source_baseline (source, loaded_count) ${loadedLines} on conflict do nothing`,
  );
}

/** Sets the baseline of all sources to the loaded lines: the run has kept all limits. */
export async function moveBaseline(pool: Pool): Promise<void> {
  await pool.query(
    `with
      loaded as (${loadedLines}),
      gone as (
        delete from ops.source_baseline where source not in (select source from loaded)
      )
    insert into ops.source_baseline (source, loaded_count) select source, loaded_count from loaded
    on conflict (source) do update
    set (loaded_count, since) = (excluded.loaded_count, excluded.since)
    where source_baseline.loaded_count <> excluded.loaded_count`,
  );
}
