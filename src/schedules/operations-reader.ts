// What happens by itself, as pages, monitors and the audit see it.

import type { Pool } from 'pg';
import type { DeadlineSettings } from '../config/declarations/deadline-config.js';
import type { ScheduleSettings } from '../config/declarations/schedule-config.js';
import { readDeadlineStates, type DeadlineState } from './deadline-reader.js';
import { readWorkersState, type WorkersState } from '../history/workers/workers-state.js';
import { readScheduleStates, type ScheduleStates } from './schedule-reader.js';

/** What a project declares to happen by itself. */
export interface Scheduled {
  readonly schedules: readonly ScheduleSettings[];
  readonly deadlines?: readonly DeadlineSettings[];
  /** IANA name of the report's zone. */
  readonly timeZone: string;
}

/** How what happens by itself stands. */
export interface Operations extends ScheduleStates {
  readonly deadlines: readonly DeadlineState[];
  /** Who shares the work of runs; undefined: nobody ever did. */
  readonly workers?: WorkersState | undefined;
}

/** Reads how what happens by itself stands. */
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
    }),
  };
}
