// Progress of a run in any process, for `daybook pipeline watch`.

import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import type { ModelStatus } from '../reports/pipeline-report.js';
import type { TaskError } from '../reports/task-error.js';

/** A task that has ended. */
export interface EndedTask {
  /** A model's name, or `load:FILE`. */
  readonly task: string;
  readonly kind: 'load' | 'model' | 'view';
  readonly status: ModelStatus;
  readonly rowCount: number | null;
  readonly durationMs: number;
  readonly error: TaskError | null;
}

/** How far a run is. */
export interface RunProgress {
  /** It waits for a worker: none has begun it, or the one that led it is gone. */
  readonly isQueued: boolean;
  readonly hasEnded: boolean;
  /** In the order of their ends. */
  readonly tasks: readonly EndedTask[];
}

/** Looks how far a run is. A run that workers have has ended when none of them goes on with it. */
export async function readRunProgress(pool: Pool, runId: number): Promise<RunProgress> {
  const [run] = await queryRows<{ isQueued: boolean; hasEnded: boolean }>(
    pool,
    `select
      state in ('queued', 'interrupted') as "isQueued",
      case
        when queued_run.run_id is null then state not in ('queued', 'running')
        else queued_run.ended_at is not null
      end as "hasEnded"
    from ops.pipeline_run_state left join ops.queued_run using (run_id)
    where run_id = $1`,
    [runId],
  );
  const tasks = await queryRows<EndedTask>(
    pool,
    `select
      task, kind, status, row_count::float8 as "rowCount", error,
      coalesce(round(extract(epoch from finished_at - started_at) * 1000), 0)::float8 as "durationMs"
    from ops.task_run
    where run_id = $1 and kind <> 'test' and status not in ('pending', 'running')
    order by finished_at, task`,
    [runId],
  );
  // A run that was never possible is taken out of the history.
  const { isQueued, hasEnded } = run ?? { isQueued: false, hasEnded: true };
  return { isQueued, hasEnded, tasks };
}
