// Building of the changed slices of an incremental model.

import { DaybookError } from '../../../errors.js';
import { qualified, quote } from '../../../warehouse/query/sql-text.js';
import type { Incremental, Model } from '../../definitions/model.js';
import { substituteSchema } from './substitute-schema.js';
import type { Increment } from './increment.js';
import { replaceRows } from '../publish/publish-table.js';
import type { StatementLog } from '../publish/statement-log.js';

/** The temporary table of rebuilt slices. */
const slices = 'pg_temp.daybook_slices';

/**
 * Builds the changed slices of an incremental model, and creates under the model's name in `pg_temp` a view of the
 * whole table as it would be, for the tests. The query is the model's own; only its relation of events is limited
 * to these slices.
 *
 * @returns A function that publishes the slices, and returns whether anything changed, and the number of rows.
 */
export async function extendModel(
  log: StatementLog,
  model: Model,
  { from }: Incremental,
  increment: Increment,
): Promise<() => Promise<{ published: boolean; rows: number }>> {
  const target = qualified(model);
  const events = `pg_temp.${quote(from.name)}`;
  const candidate = `pg_temp.${quote(model.name)}`;
  await log.run(
    `create temp view ${quote(from.name)} as\nselect * from ${qualified(from)}\nwhere ${increment.events}`,
  );
  const sql = substituteSchema(model.query, from, 'pg_temp');
  const built = await log.runPlanned(`create temp table daybook_slices on commit drop as\n${sql}`);
  await log.run(`analyze ${slices}`);
  await checkSlices(log, model, slices, increment.rows);
  await log.run(
    `create temp view ${quote(model.name)} as
select * from ${target} where (${increment.rows}) is not true
union all
select * from ${slices}`,
  );
  return async () => {
    await log.run(`drop view ${candidate}, ${events}`);
    const published = await replaceRows(log, target, increment.rows, slices, built);
    const { rows } = await log.run<{ count: bigint }>(`select count(*) from ${target}`);
    const total = Number(rows[0]?.count);
    // A few rows more do not matter to the planner.
    if (published && built * 5 > total) await log.run(`analyze ${target}`);
    return { published, rows: total };
  };
}

/**
 * Checks that every row lies in a rebuilt slice; otherwise it depends on events of another one, or the slice's
 * column does not hold what the header says.
 *
 * @param condition - Selects correct slices, as SQL.
 * @throws DaybookError `MODEL_FAILED`.
 */
export async function checkSlices(
  log: StatementLog,
  model: Model,
  rows: string,
  condition: string,
): Promise<void> {
  if (model.incremental === undefined) return;
  const { by, slice } = model.incremental;
  const { rows: found } = await log.run<{ slice: string | null }>(
    `select ${quote(slice)}::text as slice from ${rows} where (${condition}) is not true limit 1`,
  );
  const [wrong] = found;
  if (wrong === undefined) return;
  const meaning =
    by === 'file'
      ? "its events' source_file"
      : `the first day of its events' ${by} in the report's time zone, null of those without a time`;
  throw new DaybookError(
    'MODEL_FAILED',
    `a row has ${slice} = ${wrong.slice ?? 'null'}, which is not its slice: it must be ${meaning}`,
    { where: model.file },
  );
}
