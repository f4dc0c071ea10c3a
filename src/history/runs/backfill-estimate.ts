// How long a backfill may take, by what earlier ones and earlier runs took.

import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';

/** What earlier work took; null: there was none. */
export interface EarlierTimes {
  /** A slice of this width, by the median of earlier ones. */
  readonly sliceMs: number | null;
  /** The models of one slice, where none was done yet: each as its last builds. */
  readonly modelsMs: number | null;
  /** A loaded byte. */
  readonly byteMs: number | null;
}

/**
 * Reads what earlier work took.
 *
 * @param models - Those of each slice.
 */
export async function readEarlierTimes(
  pool: Pool,
  width: string,
  models: readonly string[],
): Promise<EarlierTimes> {
  const [row] = await queryRows<EarlierTimes>(
    pool,
    `with
      slice as (
        select extract(epoch from slice.finished_at - slice.started_at) * 1000 as ms
        from ops.backfill_slice as slice join ops.backfill using (backfill_id)
        where slice.status = 'passed' and width = $1 and slice.from_day is not null
        order by slice.finished_at desc limit 100
      ),
      built as (
        select
          task, kind, row_count, extract(epoch from finished_at - started_at) * 1000 as ms,
          row_number() over (partition by task order by run_id desc) as age
        from ops.task_run
        where status = 'passed' and finished_at is not null and (task = any ($2) or kind = 'load')
      ),
      model as (select avg(ms) as ms from built where kind <> 'load' and age <= 5 group by task)
    select
      (select percentile_cont(0.5) within group (order by ms) from slice)::float8 as "sliceMs",
      (select sum(ms) from model)::float8 as "modelsMs",
      (
        select sum(built.ms) / nullif(sum(file.bytes), 0)
        from built join ops.source_file as file on built.task = 'load:' || file.source_file
        where built.kind = 'load' and age = 1
      )::float8 as "byteMs"`,
    [width, models],
  );
  return row ?? { sliceMs: null, modelsMs: null, byteMs: null };
}

/** The rows of models, and on how many days of a period and at all their events lie. */
export interface ModelExtent {
  readonly model: string;
  /** Of the whole table; null: it was never built. */
  readonly rows: number | null;
  readonly days: number;
  readonly daysWithin: number;
}

/** Reads how much of each model lies in a period. */
export async function readModelExtents(
  pool: Pool,
  models: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
): Promise<ModelExtent[]> {
  return queryRows<ModelExtent>(
    pool,
    `select
      model, (select row_count from ops.model_state as state where state.model = given.model)::float8 as rows,
      count(distinct day)::float8 as days,
      count(distinct day) filter (where day between $2 and $3)::float8 as "daysWithin"
    from
      unnest($1::text[]) as given (model)
      left join ops.model_file using (model)
      left join lateral unnest(days) as day on true
    group by model
    order by model`,
    [models, from, to],
  );
}
