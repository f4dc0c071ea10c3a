// Firings of schedules: their types, and the statements of `ops.schedule_firing`.

import type { ClientBase, Pool } from 'pg';
import type { TaskError } from '../history/reports/task-error.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { jsonb } from '../warehouse/query/value-mapping.js';

/** Why something is done: its time came, its data changed, somebody asked. */
export type FiringCause = 'time' | 'data' | 'asked';

/** How a firing stands. `missed`: nobody did it in time; `died`: its process ended before it did. */
export type FiringStatus =
  | 'waiting'
  | 'running'
  | 'passed'
  | 'failed'
  | 'died'
  | 'missed'
  | 'stopped';

/** A time of a schedule that this process does. */
export interface Firing {
  readonly schedule: string;
  readonly dueAt: Date;
  readonly cause: FiringCause;
  /** Who asked for it; null: nobody. */
  readonly askedBy: string | null;
  /** From 1; more: processes of those before died. */
  readonly attempt: number;
}

/** How a firing ended. */
export interface FiringEnd {
  readonly status: 'passed' | 'failed' | 'stopped' | 'waiting';
  readonly error?: TaskError | undefined;
}

/** The most processes that may die of a firing. */
export const mostAttempts = 3;

/**
 * Claims a time that nobody has claimed before.
 *
 * @param client - In a transaction that also notes that the time is decided.
 * @returns False: another process was faster.
 */
export async function claimTime(
  client: ClientBase,
  firing: Omit<Firing, 'attempt' | 'askedBy'> & { readonly missed: number },
  process: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into ops.schedule_firing
      (schedule, due_at, cause, status, attempt, missed_count, process, started_at)
    values ($1, $2, $3, 'running', 1, $4, $5, clock_timestamp())
    on conflict do nothing`,
    [firing.schedule, firing.dueAt, firing.cause, firing.missed, process],
  );
  return rowCount === 1;
}

/** Records skipped times, at the last of them. */
export async function noteMissed(
  client: ClientBase,
  schedule: string,
  last: Date,
  count: number,
): Promise<void> {
  await client.query(
    `insert into ops.schedule_firing (schedule, due_at, cause, status, missed_count, finished_at)
    values ($1, $2, 'time', 'missed', $3, clock_timestamp())
    on conflict do nothing`,
    [schedule, last, count],
  );
}

/**
 * Claims a firing that waits, or whose process is gone. Only the holder of the schedule's lock may call it: no other
 * process can be at work then.
 *
 * @param again - Whether a firing whose process is gone is done again, or left as `died`.
 * @param most - How many processes may have died of it.
 */
export async function claimOpen(
  client: ClientBase,
  schedule: string,
  process: string,
  again: boolean,
  most = mostAttempts,
): Promise<Firing | undefined> {
  await client.query(
    `update ops.schedule_firing
    set status = case when stop_asked_by is null then 'died' else 'stopped' end, finished_at = clock_timestamp()
    where
      schedule = $1 and status = 'running'
      and (attempt >= $2 or not $3 or stop_asked_by is not null)`,
    [schedule, most, again],
  );
  const [row] = await queryRows<Omit<Firing, 'dueAt'> & { dueAt: string }>(
    client,
    `update ops.schedule_firing
    set status = 'running', attempt = attempt + 1, process = $2, started_at = clock_timestamp(), run_id = null
    where (schedule, due_at) = (
      select schedule, due_at from ops.schedule_firing
      where schedule = $1 and status in ('waiting', 'running')
      order by due_at limit 1
    )
    returning schedule, due_at as "dueAt", cause, asked_by as "askedBy", attempt`,
    [schedule, process],
  );
  return row && { ...row, dueAt: new Date(row.dueAt) };
}

/** Records the pipeline run of a firing. */
export async function noteRun(pool: Pool, firing: Firing, runId: number): Promise<void> {
  await pool.query(
    `update ops.schedule_firing set run_id = $4
    where schedule = $1 and due_at = $2 and attempt = $3 and status = 'running'`,
    [firing.schedule, firing.dueAt, firing.attempt, runId],
  );
}

/** Who asked to stop a firing; undefined: nobody. */
export async function stopAskedBy(pool: Pool, firing: Firing): Promise<string | undefined> {
  const [row] = await queryRows<{ by: string | null }>(
    pool,
    'select stop_asked_by as by from ops.schedule_firing where schedule = $1 and due_at = $2',
    [firing.schedule, firing.dueAt],
  );
  return row?.by ?? undefined;
}

/** The newest firings of a schedule that are kept. */
const keptFirings = 1000;

/**
 * Notes the end of a firing, unless another process has taken it over.
 *
 * @returns Whether it was still this process's.
 */
export async function finishFiring(pool: Pool, firing: Firing, end: FiringEnd): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update ops.schedule_firing
    set
      status = $4, error = $5,
      attempt = case when $4 = 'waiting' then attempt - 1 else attempt end,
      finished_at = case when $4 = 'waiting' then null else clock_timestamp() end
    where schedule = $1 and due_at = $2 and attempt = $3 and status = 'running'`,
    [firing.schedule, firing.dueAt, firing.attempt, end.status, jsonb(end.error)],
  );
  await pool.query(
    `delete from ops.schedule_firing
    where schedule = $1 and due_at < (
      select due_at from ops.schedule_firing where schedule = $1 order by due_at desc offset $2 limit 1
    )`,
    [firing.schedule, keptFirings],
  );
  return rowCount === 1;
}
