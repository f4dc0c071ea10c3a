// What happens by itself, as pages, monitors and the audit see it.

import type { Pool } from 'pg';
import type { ScheduleSettings } from '../config/schedule-config.js';
import { readScheduleStates, type ScheduleStates } from './schedule-reader.js';

/** What a project declares to happen by itself. */
export interface Scheduled {
  readonly schedules: readonly ScheduleSettings[];
  /** IANA name of the report's zone. */
  readonly timeZone: string;
}

/** How what happens by itself stands. */
export type Operations = ScheduleStates;

/** Reads how what happens by itself stands. */
export interface OperationsReader {
  read(): Promise<Operations>;
}

/** What a project's configuration declares. */
export function scheduledOf(config: {
  readonly project: { readonly schedules: readonly ScheduleSettings[] };
  readonly reportTimeZone: string;
}): Scheduled {
  return { schedules: config.project.schedules, timeZone: config.reportTimeZone };
}

/** An {@link OperationsReader} on a pool of the reader role. */
export function createOperationsReader(pool: Pool, scheduled: Scheduled): OperationsReader {
  return { read: () => readScheduleStates(pool, scheduled.schedules, scheduled.timeZone) };
}
