// The state of schedules (next times, last outcomes, lateness), for pages and lists.

import type { Pool } from 'pg';
import type { ScheduleSettings } from '../config/declarations/schedule-config.js';
import type { TaskError } from '../history/reports/task-error.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { lockKinds } from '../warehouse/query/transaction.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';
import { describeTiming, describeWork } from './describe-schedule.js';
import { timesOf } from './due-times.js';
import type { FiringCause, FiringStatus } from './firing.js';

/** A time of a schedule, and what became of it. Instants are RFC 3339 in UTC. */
export interface ListedFiring {
  readonly dueAt: string;
  readonly cause: FiringCause;
  readonly askedBy: string | null;
  readonly status: FiringStatus;
  readonly attempt: number;
  /** Times before it that were left out. */
  readonly missed: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** The pipeline run that it led to. */
  readonly runId: string | null;
  readonly error: Pick<TaskError, 'code' | 'message'> | null;
  readonly stopAskedBy: string | null;
}

/** A schedule as it stands. */
export interface ScheduleState {
  readonly name: string;
  readonly description: string | null;
  /** When it is due and what it does, in words. */
  readonly when: string;
  readonly does: string;
  /** The zone in which its times are meant. */
  readonly timeZone: string;
  /** The next times; empty while it is paused, and where it waits for data. */
  readonly next: readonly string[];
  readonly paused: { readonly at: string; readonly by: string } | null;
  /** When a time came that nobody does; null: none. */
  readonly lateSince: string | null;
  /** Newest first. */
  readonly firings: readonly ListedFiring[];
}

/** All schedules, and how many schedulers are at work. */
export interface ScheduleStates {
  readonly schedules: readonly ScheduleState[];
  readonly schedulers: number;
  /** By the warehouse's clock. */
  readonly now: string;
}

interface ScheduleRow {
  readonly name: string;
  readonly decidedUntil: string;
  readonly pausedAt: string | null;
  readonly pausedBy: string | null;
  readonly isHeld: boolean;
  readonly firings: readonly ListedFiring[];
  readonly schedulers: number;
  readonly now: string;
}

/** Longer than a scheduler takes to see that something is due, in milliseconds. */
const promptMs = 10_000;

/**
 * How schedules stand, by the clock of the warehouse.
 *
 * @param schedules - As the project file declares them.
 * @param limit - The most firings of each.
 */
export async function readScheduleStates(
  pool: Pool,
  schedules: readonly ScheduleSettings[],
  reportTimeZone: string,
  limit = 10,
): Promise<ScheduleStates> {
  if (schedules.length === 0) {
    return { schedules: [], schedulers: 0, now: new Date().toISOString() };
  }
  const rows = await readRows(
    pool,
    schedules.map(({ name }) => name),
    limit,
  );
  const byName = new Map(rows.map((row) => [row.name, row]));
  return {
    schedules: schedules.map((schedule) =>
      stateOf(schedule, byName.get(schedule.name), reportTimeZone),
    ),
    schedulers: rows[0]?.schedulers ?? 0,
    now: rows[0]?.now ?? new Date().toISOString(),
  };
}

/** The next times that are shown. */
const shownTimes = 3;

function stateOf(
  schedule: ScheduleSettings,
  row: ScheduleRow | undefined,
  reportTimeZone: string,
): ScheduleState {
  const times = timesOf(schedule.when, reportTimeZone);
  const now = row === undefined ? new Date() : new Date(row.now);
  const isPaused = row?.pausedAt != null;
  const next: string[] = [];
  let time = isPaused ? undefined : times?.next(now);
  while (time !== undefined && next.length < shownTimes) {
    next.push(time.toISOString());
    time = times?.next(time);
  }
  const overdue =
    row === undefined || isPaused || row.isHeld
      ? undefined
      : times?.next(new Date(row.decidedUntil));
  const lateMs = overdue === undefined ? 0 : now.getTime() - overdue.getTime();
  return {
    name: schedule.name,
    description: schedule.description ?? null,
    when: describeTiming(schedule, reportTimeZone),
    does: describeWork(schedule.does),
    timeZone:
      (schedule.when.kind === 'cron' ? schedule.when.timeZone : undefined) ?? reportTimeZone,
    next,
    paused: row?.pausedAt == null ? null : { at: row.pausedAt, by: row.pausedBy ?? '' },
    lateSince: lateMs > promptMs ? (overdue?.toISOString() ?? null) : null,
    firings: (row?.firings ?? []).map((firing) => withoutDead(firing, row?.isHeld === true)),
  };
}

/** A firing that is under way by its row, whose process has no lock any more, has died. */
function withoutDead(firing: ListedFiring, isHeld: boolean): ListedFiring {
  return firing.status === 'running' && !isHeld ? { ...firing, status: 'died' } : firing;
}

/** Instants in JSON as in columns: RFC 3339 in UTC. */
const utc = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

async function readRows(
  pool: Pool,
  names: readonly string[],
  limit: number,
): Promise<ScheduleRow[]> {
  try {
    return await queryRows<ScheduleRow>(
      pool,
      `select
        schedule as name, decided_until as "decidedUntil", paused_at as "pausedAt",
        paused_by as "pausedBy", is_held as "isHeld", clock_timestamp() as now,
        (
          select count(*) from pg_locks
          where
            locktype = 'advisory' and granted and objsubid = 2 and classid = $3
            and database = (select oid from pg_database where datname = current_database())
        )::float8 as schedulers,
        coalesce((
          select jsonb_agg(jsonb_build_object(
            'dueAt', ${utc('due_at')}, 'cause', cause, 'askedBy', asked_by, 'status', status,
            'attempt', attempt, 'missed', missed_count, 'startedAt', ${utc('started_at')},
            'finishedAt', ${utc('finished_at')}, 'runId', run_id::text, 'stopAskedBy', stop_asked_by,
            'error', case when error is not null then
              jsonb_build_object('code', error -> 'code', 'message', left(error ->> 'message', 500)) end
          ) order by due_at desc)
          from (
            select * from ops.schedule_firing as firing
            where firing.schedule = schedule.schedule
            order by due_at desc limit $2
          ) as newest
        ), '[]') as firings
      from ops.schedule join ops.schedule_state using (schedule)
      where schedule = any ($1)`,
      [names, limit, lockKinds.scheduler],
    );
  } catch (error) {
    // Before this version's migrations there are no tables.
    const state = sqlstateOf(error);
    if (state === sqlstate.undefinedTable || state === sqlstate.invalidSchemaName) return [];
    throw error;
  }
}
