// Actions on schedules: pause, resume, run now, stop.

import type { Pool } from 'pg';

/** Pauses a schedule. @returns False: it was paused already. */
export async function pauseSchedule(pool: Pool, schedule: string, by: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update ops.schedule set paused_at = clock_timestamp(), paused_by = $2
    where schedule = $1 and paused_at is null`,
    [schedule, by],
  );
  return rowCount === 1;
}

/** Lets a schedule go on from now; what passed meanwhile is left out. @returns False: it was not paused. */
export async function resumeSchedule(pool: Pool, schedule: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update ops.schedule
    set
      paused_at = null, paused_by = null, watched = null,
      decided_until = greatest(decided_until, date_trunc('milliseconds', clock_timestamp()))
    where schedule = $1 and paused_at is not null`,
    [schedule],
  );
  return rowCount === 1;
}

/**
 * Asks for a run now, also of a paused schedule; the next scheduler that looks does it.
 *
 * @returns False: it waits or is at work already.
 */
export async function askForRun(pool: Pool, schedule: string, by: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into ops.schedule_firing (schedule, due_at, cause, asked_by, status)
    select schedule, date_trunc('milliseconds', clock_timestamp()), 'asked', $2, 'waiting'
    from (select schedule from ops.schedule where schedule = $1 for update) as schedule
    where not exists (
      select from ops.schedule_firing as firing
      where firing.schedule = schedule.schedule and status in ('waiting', 'running')
    )
    on conflict do nothing`,
    [schedule, by],
  );
  return rowCount === 1;
}

/** Asks to stop what a schedule is at; what waits is taken back. @returns False: it is at nothing. */
export async function askToStop(pool: Pool, schedule: string, by: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update ops.schedule_firing
    set
      stop_asked_by = $2,
      finished_at = case status when 'waiting' then clock_timestamp() end,
      status = case status when 'waiting' then 'stopped' else status end
    where schedule = $1 and status in ('waiting', 'running') and stop_asked_by is null`,
    [schedule, by],
  );
  return (rowCount ?? 0) > 0;
}
