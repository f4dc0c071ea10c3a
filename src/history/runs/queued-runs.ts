// Runs that were handed over to the workers (`ops.queued_run`).

import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import type { RunStart } from './shared-run.js';

/** What was asked for, as `pipeline run --detach` was told. */
export interface RunRequest {
  readonly select: readonly string[];
  readonly only?: 'load' | 'models' | undefined;
  readonly fullRefresh: boolean;
  readonly dataDir: string;
  readonly maxRejects?: { readonly lines: number } | { readonly percent: number } | undefined;
  readonly allowRemoval?: boolean | undefined;
  /** Tasks that are expected to take fewer seconds are done where the run is led. */
  readonly shareFrom: number;
}

/** A run that was handed over. */
export interface QueuedRun {
  readonly runKey: string;
  readonly request: RunRequest;
  /** It has ended: there is nothing left to do. */
  readonly hasEnded: boolean;
}

/**
 * Records a run that a worker is to lead, or finds the one that has this key already. Whoever leads it joins it by its
 * key, and goes on where another was.
 *
 * @param runKey - Of this request alone.
 * @returns Its number.
 */
export async function queueRun(
  pool: Pool,
  start: RunStart,
  runKey: string,
  request: RunRequest,
): Promise<number> {
  return withTransaction(pool, async (client) => {
    const [run] = await queryRows<{ runId: number }>(
      client,
      `insert into ops.pipeline_run (trigger, status, code_version, data_dir, time_zone, run_key)
      values ($1, 'queued', $2, $3, $4, $5)
      on conflict (run_key) where run_key is not null do nothing
      returning run_id::float8 as "runId"`,
      [start.trigger, start.codeVersion ?? null, start.dataDir, start.timeZone, runKey],
    );
    if (run === undefined) {
      const [known] = await queryRows<{ runId: number }>(
        client,
        'select run_id::float8 as "runId" from ops.pipeline_run where run_key = $1',
        [runKey],
      );
      if (known === undefined) throw new Error(`there is no run with the key ${runKey}`);
      return known.runId;
    }
    await client.query('insert into ops.queued_run (run_id, request) values ($1, $2)', [
      run.runId,
      JSON.stringify(request),
    ]);
    return run.runId;
  });
}

/** A run that was handed over; undefined: it was not, or is not in the history any more. */
export async function readQueuedRun(pool: Pool, runId: number): Promise<QueuedRun | undefined> {
  const [row] = await queryRows<QueuedRun>(
    pool,
    `select run_key as "runKey", request, ended_at is not null as "hasEnded"
    from ops.queued_run join ops.pipeline_run using (run_id)
    where run_id = $1`,
    [runId],
  );
  return row;
}

/** Whether a run that was handed over has ended, and how; undefined: it has not. */
export async function readQueuedEnd(
  pool: Pool,
  runId: number,
): Promise<'passed' | 'failed' | undefined> {
  const [row] = await queryRows<{ status: string | null }>(
    pool,
    `select case when ended_at is not null then coalesce(status, 'failed') end as status
    from ops.queued_run left join ops.pipeline_run using (run_id)
    where run_id = $1`,
    [runId],
  );
  if (row === undefined) return 'failed';
  return row.status === null ? undefined : row.status === 'passed' ? 'passed' : 'failed';
}

/** Records that no worker has anything left to do for a run. */
export async function endQueuedRun(pool: Pool, runId: number): Promise<void> {
  await pool.query(
    'update ops.queued_run set ended_at = coalesce(ended_at, clock_timestamp()) where run_id = $1',
    [runId],
  );
}

/** Lets workers go on with a run that had ended. */
export async function reopenQueuedRun(pool: Pool, runId: number): Promise<void> {
  await pool.query('update ops.queued_run set ended_at = null where run_id = $1', [runId]);
}
