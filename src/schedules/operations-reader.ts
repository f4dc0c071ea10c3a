// The state of schedules, deadlines and workers together, for pages, monitors and the audit log.

import type { Pool } from 'pg';
import type { DeadlineSettings } from '../config/declarations/deadline-config.js';
import type { ScheduleSettings } from '../config/declarations/schedule-config.js';
import { readDeadlineStates, type DeadlineState } from './deadline-reader.js';
import { readWorkersState, type WorkersState } from '../history/workers/workers-state.js';
import { listBackfills, type Backfill } from '../history/runs/backfill-record.js';
import { readScheduleStates, type ScheduleStates } from './schedule-reader.js';

/** The schedules and deadlines that a project declares. */
export interface Scheduled {
  readonly schedules: readonly ScheduleSettings[];
  readonly deadlines?: readonly DeadlineSettings[];
  /** IANA name of the report's zone. */
  readonly timeZone: string;
}

/** The state of schedules, deadlines and workers. */
export interface Operations extends ScheduleStates {
  readonly deadlines: readonly DeadlineState[];
  /** The workers; undefined: the project never had one. */
  readonly workers?: WorkersState | undefined;
  /** The newest, newest first. */
  readonly backfills?: readonly Backfill[] | undefined;
}

/** The most backfills that pages show. */
const mostBackfills = 3;

/** Reads {@link Operations}. */
export interface OperationsReader {
  read(): Promise<Operations>;
}

/** What a project's configuration declares. */
export function scheduledOf(config: {
  readonly project: {
    readonly schedules: readonly ScheduleSettings[];
    readonly deadlines: readonly DeadlineSettings[];
  };
  readonly reportTimeZone: string;
}): Scheduled {
  const { schedules, deadlines } = config.project;
  return { schedules, deadlines, timeZone: config.reportTimeZone };
}

/** An {@link OperationsReader} on a pool of the reader role. */
export function createOperationsReader(pool: Pool, scheduled: Scheduled): OperationsReader {
  const { schedules, deadlines = [], timeZone } = scheduled;
  return {
    read: async () => ({
      ...(await readScheduleStates(pool, schedules, timeZone)),
      deadlines: await readDeadlineStates(pool, deadlines, timeZone),
      workers: await readWorkersState(pool),
      backfills: await listBackfills(pool, mostBackfills),
    }),
  };
}
