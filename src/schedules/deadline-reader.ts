// The state of deadlines (arrived, awaited, missed), for pages, monitors and notifications.

import type { Pool } from 'pg';
import type { DeadlineSettings } from '../config/declarations/deadline-config.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';
import { describeDeadline, lastWindow, nextWindow, type DeadlineWindow } from './deadline-times.js';

/** A deadline as it stands. Instants are RFC 3339 in UTC. */
export interface DeadlineState {
  readonly name: string;
  /** What has to arrive and by when, in words. */
  readonly terms: string;
  readonly timeZone: string;
  /** The last time that passed; null: none since it is declared. */
  readonly last: {
    readonly since: string;
    readonly dueAt: string;
    /** The first arrival that counts, in time or late; null: none yet. */
    readonly arrivedAt: string | null;
  } | null;
  /** Whether the last time passed, and nothing has arrived until now. */
  readonly isMissed: boolean;
  readonly nextAt: string | null;
}

interface Facts {
  readonly now: string;
  readonly declared: Readonly<Record<string, string>>;
}

/** What a deadline of these terms is, so that other terms begin anew. */
export function deadlineTerms(deadline: DeadlineSettings, reportTimeZone: string): string {
  return `${describeDeadline(deadline, reportTimeZone)}, since ${deadline.since}`;
}

/**
 * How deadlines stand, by the clock of the warehouse.
 *
 * @param deadlines - As the project file declares them.
 */
export async function readDeadlineStates(
  pool: Pool,
  deadlines: readonly DeadlineSettings[],
  reportTimeZone: string,
): Promise<DeadlineState[]> {
  if (deadlines.length === 0) return [];
  const { now: clock, declared } = await readFacts(pool);
  const now = new Date(clock);
  return Promise.all(
    deadlines.map(async (deadline) => {
      const last = lastWindow(deadline, reportTimeZone, now);
      const next = nextWindow(deadline, reportTimeZone, now);
      const known = declared[deadline.name];
      // What passed before anybody asked for it was not missed.
      const counts =
        last !== undefined && known !== undefined && last.dueAt > new Date(known)
          ? last
          : undefined;
      const arrivedAt = counts === undefined ? null : await firstArrival(pool, deadline, counts);
      return {
        name: deadline.name,
        terms: describeDeadline(deadline, reportTimeZone),
        timeZone: deadline.timeZone ?? reportTimeZone,
        last:
          counts === undefined
            ? null
            : {
                since: counts.since.toISOString(),
                dueAt: counts.dueAt.toISOString(),
                arrivedAt,
              },
        isMissed: counts !== undefined && arrivedAt === null,
        nextAt: next?.dueAt.toISOString() ?? null,
      };
    }),
  );
}

async function readFacts(pool: Pool): Promise<Facts> {
  try {
    const [row] = await queryRows<Facts>(
      pool,
      `select
        clock_timestamp() as now,
        (select coalesce(jsonb_object_agg(deadline, declared_at), '{}') from ops.deadline) as declared`,
    );
    return row ?? { now: new Date().toISOString(), declared: {} };
  } catch (error) {
    if (
      sqlstateOf(error) !== sqlstate.undefinedTable &&
      sqlstateOf(error) !== sqlstate.invalidSchemaName
    )
      throw error;
    return { now: new Date().toISOString(), declared: {} };
  }
}

/**
 * When something first arrived that counts for a deadline: a file of a source was loaded, a model was built or found
 * unchanged by a run, a time of a schedule passed.
 */
export async function firstArrival(
  pool: Pool,
  { of }: DeadlineSettings,
  { since }: Pick<DeadlineWindow, 'since'>,
): Promise<string | null> {
  const sql =
    'schedule' in of
      ? `select min(finished_at) as at from ops.schedule_firing
        where schedule = $1 and status = 'passed' and finished_at >= $2 and due_at >= $2`
      : of.data.includes('.')
        ? `select min(finished_at) as at from ops.task_run
          where task = $1 and status in ('passed', 'unchanged') and finished_at >= $2`
        : 'select min(loaded_at) as at from ops.source_file where source = $1 and loaded_at >= $2';
  const name = 'schedule' in of ? of.schedule : of.data;
  const [row] = await queryRows<{ at: string | null }>(pool, sql, [name, since]);
  return row?.at ?? null;
}
