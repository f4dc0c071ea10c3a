// Claiming of a schedule's due work for this process, in one transaction.

import type { Pool, PoolClient } from 'pg';
import type { ScheduleSettings } from '../config/declarations/schedule-config.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { withTransaction } from '../warehouse/query/transaction.js';
import { dueTimes, timesOf } from './due-times.js';
import { claimOpen, claimTime, noteMissed, type Firing } from './firing.js';

/** Where a schedule's work is claimed. */
export interface ClaimOptions {
  readonly pool: Pool;
  /** IANA name; for schedules without a zone of their own. */
  readonly timeZone: string;
  /** The host and the number of this process. */
  readonly process: string;
  /** The state of some sources and tables: a text that changes with their rows. */
  readonly dataState: (names: readonly string[]) => Promise<string>;
}

/** A schedule's row. */
interface ScheduleRow {
  readonly decidedUntil: string;
  readonly watched: string | null;
  readonly isPaused: boolean;
  /** By the warehouse's clock, which all processes share. */
  readonly now: string;
}

/** How the project file says when a schedule is due: another text begins it anew. */
export function timingText({ when }: ScheduleSettings, timeZone: string): string {
  return JSON.stringify(
    when.kind === 'cron' ? { ...when, timeZone: when.timeZone ?? timeZone } : when,
  );
}

/** Registers schedules: a new one, or one whose timing has changed, counts from now on. */
export async function declareSchedules(
  pool: Pool,
  schedules: readonly ScheduleSettings[],
  timeZone: string,
): Promise<void> {
  await pool.query(
    `insert into ops.schedule (schedule, timing)
    select * from unnest($1::text[], $2::text[])
    on conflict (schedule) do update
    set (timing, decided_until, watched) = (excluded.timing, excluded.decided_until, null)
    where schedule.timing <> excluded.timing`,
    [schedules.map(({ name }) => name), schedules.map((one) => timingText(one, timeZone))],
  );
}

/**
 * Claims what is to be done of a schedule now: what a process died of, what somebody asked for, a time that came, data
 * that changed. The warehouse's clock decides, and the key of the firing: two processes never claim the same time.
 * Only the holder of the schedule's lock may call it.
 *
 * @returns Undefined: nothing.
 */
export async function claimDue(
  schedule: ScheduleSettings,
  options: ClaimOptions,
): Promise<Firing | undefined> {
  const { when } = schedule;
  // Read before the lock on the row, because it may take a while.
  const state = when.kind === 'changed' ? await options.dataState(when.names) : null;
  return withTransaction(options.pool, async (client) => {
    const [row] = await queryRows<ScheduleRow>(
      client,
      `select
        decided_until as "decidedUntil", watched, paused_at is not null as "isPaused",
        date_trunc('milliseconds', clock_timestamp()) as now
      from ops.schedule where schedule = $1 for update`,
      [schedule.name],
    );
    if (row === undefined) return undefined;
    const again = schedule.ifDied === 'again';
    // Who only waits for the workers dies of nothing that the next one would die of.
    const most = schedule.where === 'workers' ? 2 ** 31 - 1 : undefined;
    const open = await claimOpen(client, schedule.name, options.process, again, most);
    if (open !== undefined || row.isPaused) return open;
    return when.kind === 'changed'
      ? claimChange(client, schedule, row, state, options)
      : claimNext(client, schedule, row, options);
  });
}

async function claimNext(
  client: PoolClient,
  schedule: ScheduleSettings,
  row: ScheduleRow,
  { timeZone, process }: ClaimOptions,
): Promise<Firing | undefined> {
  const times = timesOf(schedule.when, timeZone);
  if (times === undefined) return undefined;
  const [since, now] = [new Date(row.decidedUntil), new Date(row.now)];
  const { due, missed, until } = dueTimes(times, since, now, schedule.catchUp);
  const [dueAt] = due;
  const decided = dueAt ?? until;
  if (decided === undefined) return undefined;
  await client.query('update ops.schedule set decided_until = $2 where schedule = $1', [
    schedule.name,
    decided,
  ]);
  if (dueAt === undefined) {
    await noteMissed(client, schedule.name, decided, missed);
    return undefined;
  }
  const firing = { schedule: schedule.name, dueAt, cause: 'time' as const };
  const isOurs = await claimTime(client, { ...firing, missed }, process);
  return isOurs ? { ...firing, askedBy: null, attempt: 1 } : undefined;
}

async function claimChange(
  client: PoolClient,
  schedule: ScheduleSettings,
  row: ScheduleRow,
  state: string | null,
  { process }: ClaimOptions,
): Promise<Firing | undefined> {
  if (state === row.watched) return undefined;
  await client.query('update ops.schedule set watched = $2 where schedule = $1', [
    schedule.name,
    state,
  ]);
  // What is there at first is no change.
  if (row.watched === null) return undefined;
  const firing = { schedule: schedule.name, dueAt: new Date(row.now), cause: 'data' as const };
  const isOurs = await claimTime(client, { ...firing, missed: 0 }, process);
  return isOurs ? { ...firing, askedBy: null, attempt: 1 } : undefined;
}
