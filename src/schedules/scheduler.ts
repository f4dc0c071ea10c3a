// The scheduler: looks for due schedules and does their work. Any number of schedulers may run, on any machines.

import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleSettings } from '../config/declarations/schedule-config.js';
import { describeError } from '../errors.js';
import { toTaskError } from '../history/reports/task-error.js';
import type { Logger } from '../logger.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { claimDue, declareSchedules, type ClaimOptions } from './claim-due.js';
import { timesOf } from './due-times.js';
import { finishFiring, noteRun, stopAskedBy, type Firing, type FiringEnd } from './firing.js';
import { Presence } from './presence.js';
import { withScheduleLock } from './schedule-lock.js';

/** What a scheduler is started with. */
export interface SchedulerOptions extends Omit<ClaimOptions, 'process'> {
  readonly schedules: readonly ScheduleSettings[];
  /**
   * Does what a schedule says.
   *
   * @returns How it ended; what it throws is a failure, too.
   */
  readonly fire: (
    schedule: ScheduleSettings,
    firing: Firing,
    work: { readonly signal: AbortSignal; readonly onRun: (runId: number) => void },
  ) => Promise<FiringEnd>;
  /** Ends the scheduler; what it does then is left to others. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** The interval of polls, in milliseconds. */
const lookMs = 2000;

/** The host and the number of this process. */
export function processName(): string {
  return `${hostname()}:${process.pid}`;
}

/**
 * Does what is due until the signal is aborted. A warehouse that goes away is waited for. There is no leader: each
 * scheduler tries to take each schedule, and the warehouse gives it to one.
 */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  const { pool, schedules, timeZone, signal, logger } = options;
  await declareSchedules(pool, schedules, timeZone);
  const presence = new Presence(pool);
  const atWork = new Map<string, Promise<unknown>>();
  let isAway = false;
  while (!signal.aborted) {
    let waitMs = lookMs;
    try {
      await presence.show();
      const { open, untilNextMs } = await look(options);
      if (isAway) logger.info('the warehouse answers again');
      isAway = false;
      waitMs = Math.min(lookMs, untilNextMs);
      for (const schedule of open.filter(({ name }) => !atWork.has(name))) {
        const turn = takeTurn(schedule, options)
          .catch((error: unknown) => {
            if (!signal.aborted) logger.warn(`schedule ${schedule.name}: ${describeError(error)}`);
          })
          .finally(() => atWork.delete(schedule.name));
        atWork.set(schedule.name, turn);
      }
    } catch (error) {
      if (!isAway) logger.warn(`the scheduler waits for the warehouse: ${describeError(error)}`);
      isAway = true;
    }
    await sleep(Math.max(waitMs, 20), undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(atWork.values());
  await presence.end();
}

interface Looked {
  /** Schedules with something to do. */
  readonly open: readonly ScheduleSettings[];
  /** Until the next time of any, in milliseconds. */
  readonly untilNextMs: number;
}

/** Finds schedules with something to do, by one query. */
async function look({ pool, schedules, timeZone }: SchedulerOptions): Promise<Looked> {
  const rows = await queryRows<{
    name: string;
    decidedUntil: string;
    isPaused: boolean;
    isHeld: boolean;
    isOpen: boolean;
    isRunAtWork: boolean;
    now: string;
  }>(
    pool,
    `select
      schedule as name, decided_until as "decidedUntil", paused_at is not null as "isPaused",
      is_held as "isHeld", clock_timestamp() as now,
      exists (
        select from ops.schedule_firing as firing
        where firing.schedule = schedule.schedule and status in ('waiting', 'running')
      ) as "isOpen",
      exists (select from ops.pipeline_run_state where state = 'running') as "isRunAtWork"
    from ops.schedule join ops.schedule_state using (schedule)
    where schedule = any ($1)`,
    [schedules.map(({ name }) => name)],
  );
  const byName = new Map(rows.map((row) => [row.name, row]));
  let untilNextMs = Infinity;
  const open = schedules.filter((schedule) => {
    const row = byName.get(schedule.name);
    if (row === undefined || row.isHeld) return false;
    if (row.isOpen) return true;
    if (row.isPaused) return false;
    // Data are complete only between runs.
    const next = timesOf(schedule.when, timeZone)?.next(new Date(row.decidedUntil));
    if (schedule.when.kind === 'changed') return !row.isRunAtWork;
    if (next === undefined) return false;
    const leftMs = next.getTime() - new Date(row.now).getTime();
    untilNextMs = Math.min(untilNextMs, Math.max(leftMs, 0));
    return leftMs <= 0;
  });
  return { open, untilNextMs };
}

/** Does all that is due of one schedule, one after the other. */
async function takeTurn(schedule: ScheduleSettings, options: SchedulerOptions): Promise<void> {
  const process = processName();
  await withScheduleLock(options.pool, schedule.name, async (lost) => {
    while (!options.signal.aborted && !lost.aborted) {
      const firing = await claimDue(schedule, { ...options, process });
      if (firing === undefined) return;
      await doFiring(schedule, firing, options, lost);
    }
  });
}

/**
 * Does one firing, and notes how it ended. One that the scheduler's end interrupts waits for another scheduler.
 *
 * @param lost - Aborted when the lock is lost: another process may do it by then.
 */
export async function doFiring(
  schedule: ScheduleSettings,
  firing: Firing,
  { pool, fire, signal: ending, logger }: SchedulerOptions,
  lost: AbortSignal,
): Promise<FiringEnd> {
  const stopped = new AbortController();
  const watch = setInterval(() => {
    stopAskedBy(pool, firing)
      .then((by) => {
        if (by !== undefined) stopped.abort(new Error(`${by} stopped it`));
      })
      .catch(() => undefined);
  }, lookMs);
  const signal = AbortSignal.any([ending, lost, stopped.signal]);
  const onRun = (runId: number): void => {
    noteRun(pool, firing, runId).catch(() => undefined);
  };
  const late = firing.attempt > 1 ? `, attempt ${firing.attempt}` : '';
  logger.info(`schedule ${schedule.name}: due at ${firing.dueAt.toISOString()}${late}`);
  const work = async (): Promise<FiringEnd> => fire(schedule, firing, { signal, onRun });
  const ended = await work().catch((error: unknown): FiringEnd => ({
    status: 'failed',
    error: toTaskError(error),
  }));
  clearInterval(watch);
  // A process that has lost its lock is as good as dead.
  const isLeft = ending.aborted || (lost.aborted && schedule.ifDied === 'again');
  const end = endOf(ended, stopped.signal, isLeft);
  const isOurs = await finishFiring(pool, firing, end);
  const words = end.status === 'waiting' ? 'is left to another scheduler' : end.status;
  const why = end.error === undefined ? '' : `: ${end.error.message}`;
  if (isOurs) logger.info(`schedule ${schedule.name}: ${words}${why}`);
  else logger.warn(`schedule ${schedule.name}: another process has taken it over`);
  return end;
}

/** The end of a stopped firing. One that had passed before it was stopped has passed: it is not done again. */
function endOf(ended: FiringEnd, stopped: AbortSignal, isLeft: boolean): FiringEnd {
  if (ended.status === 'passed') return ended;
  if (stopped.aborted) return { status: 'stopped' };
  return isLeft ? { status: 'waiting' } : ended;
}
