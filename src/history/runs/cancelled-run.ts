// Cancellation of a run from another process: the request is stored in the history, and the processes of the run poll
// it.

import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { jsonb } from '../../warehouse/query/value-mapping.js';
import { toTaskError } from '../reports/task-error.js';

/** How often a run looks whether it is to end, in milliseconds. */
const lookMs = 1000;

/** The reason of a run that was cancelled. */
export function cancelledError(): DaybookError {
  return new DaybookError('INTERRUPTED', 'somebody cancelled the run');
}

/** A signal that is aborted when the run is cancelled. It is disposed of when the run ends. */
export function watchCancelled(pool: Pool, runId: number): Disposable & { signal: AbortSignal } {
  const cancelled = new AbortController();
  const look = async () => {
    const found = await queryRows(
      pool,
      'select from ops.pipeline_run where run_id = $1 and cancelled_at is not null',
      [runId],
    );
    if (found.length > 0) cancelled.abort(cancelledError());
  };
  const timer = setInterval(() => {
    // Without a warehouse the run ends anyway.
    look().catch(() => undefined);
  }, lookMs);
  timer.unref();
  return {
    signal: cancelled.signal,
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

/** Those of the given runs that are to end. */
export async function cancelledAmong(
  pool: Pool,
  runIds: readonly number[],
): Promise<ReadonlySet<number>> {
  if (runIds.length === 0) return new Set();
  const rows = await queryRows<{ runId: number }>(
    pool,
    `select run_id::float8 as "runId" from ops.pipeline_run
    where run_id = any ($1::bigint[]) and cancelled_at is not null`,
    [runIds],
  );
  return new Set(rows.map(({ runId }) => runId));
}

/**
 * Asks for the end of a run. One that no process has begun yet ends at once.
 *
 * @returns The state that it was in; undefined: it had ended.
 */
export async function cancelRun(
  pool: Pool,
  runId: number,
): Promise<'queued' | 'running' | undefined> {
  const [row] = await queryRows<{ was: 'queued' | 'running' }>(
    pool,
    `with
      open as (
        select run_id, status from ops.pipeline_run
        where run_id = $1 and status in ('queued', 'running')
        for update
      ),
      ended as (
        update ops.queued_run set ended_at = clock_timestamp()
        from open
        where queued_run.run_id = open.run_id and open.status = 'queued'
      )
    update ops.pipeline_run as run
    set
      cancelled_at = coalesce(cancelled_at, clock_timestamp()),
      status = case open.status when 'queued' then 'failed' else open.status end,
      error = case open.status when 'queued' then $2::jsonb else error end,
      finished_at = case open.status when 'queued' then clock_timestamp() else finished_at end
    from open
    where run.run_id = open.run_id
    returning open.status as was`,
    [runId, jsonb(toTaskError(cancelledError()))],
  );
  return row?.was;
}
