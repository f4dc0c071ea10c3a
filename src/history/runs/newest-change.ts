// The newest run that changed data: where the numbers in the warehouse come from.

import type { ClientBase, Pool } from 'pg';

/**
 * The newest run that passed with other data than the one before it; one row or none. It is a table of its own, whose
 * rows stay the same while the data does: what has read it need not run again.
 */
export const newestChange = `
  select
    run_id as "runId", finished_at as "finishedAt", data_through as "dataThrough",
    as_of as "asOf", code_version as "codeVersion", time_zone as "timeZone"
  from ops.newest_change`;

/**
 * Makes a run that has passed the newest change, if it or one since the last change has loaded or removed lines, or
 * built other rows: one that failed may have done so.
 */
export async function recordChange(client: ClientBase | Pool, runId: number): Promise<void> {
  await client.query(
    `insert into ops.newest_change (run_id, finished_at, data_through, as_of, code_version, time_zone)
    select run_id, finished_at, (summary ->> 'dataThrough')::timestamptz, as_of, code_version, time_zone
    from ops.pipeline_run as run
    where
      run_id = $1 and status = 'passed'
      and (
        not exists (select from ops.newest_change)
        or exists (
          select from ops.task_run
          where
            task_run.run_id >= (select newest_change.run_id from ops.newest_change)
            and (task_run.run_id, task_run.finished_at) > (select newest_change.run_id, newest_change.finished_at from ops.newest_change)
            and kind <> 'test' and task_run.status = 'passed'
        )
      )
    on conflict (only_one) do update
    set (run_id, finished_at, data_through, as_of, code_version, time_zone) =
      (excluded.run_id, excluded.finished_at, excluded.data_through, excluded.as_of, excluded.code_version, excluded.time_zone)`,
    [runId],
  );
}
