import type { Pool } from 'pg';

/** How much of the history of runs is kept. */
export interface Retention {
  /** So many of the newest runs at most. */
  readonly runs: number;
  /** Runs that began so many days ago at most. */
  readonly days: number;
}

/**
 * Deletes runs beyond what is to be kept, with their tasks. The newest run that passed stays in any
 * case, and so do runs that are under way and those that a published page names.
 *
 * @returns How many were deleted.
 */
export async function deleteOldRuns(pool: Pool, { runs, days }: Retention): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from ops.pipeline_run as run
    where
      status <> 'running'
      and (
        started_at < clock_timestamp() - make_interval(days => $2)
        or run_id not in (select run_id from ops.pipeline_run order by run_id desc limit $1)
      )
      and run_id <> all (
        select run_id from ops.pipeline_run where status = 'passed' order by run_id desc limit 1
      )
      and not exists (
        select from publication.notebook_run where pipeline_run_id = run.run_id
      )`,
    [runs, days],
  );
  return rowCount ?? 0;
}
