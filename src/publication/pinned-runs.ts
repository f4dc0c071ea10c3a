// Runs that are kept whatever the retention says: to pin, unpin and list them.

import type { Pool } from 'pg';
import { DaybookError } from '../errors.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';
import { toInstant } from './notebook-rows.js';

/** A pinned run. */
export interface PinnedRun {
  readonly runId: string;
  readonly slug: string;
  readonly title: string;
  readonly finishedAt: string;
  /** RFC 3339; undefined: for good. */
  readonly until: string | undefined;
}

interface PinnedRow {
  runId: string;
  slug: string;
  title: string;
  finishedAt: string;
  until: string;
}

const pinnedSql = `
  select
    run.run_id::text as "runId", slug, title, run.finished_at as "finishedAt", pinned_until::text as until
  from publication.notebook_run as run
  join publication.notebook using (slug)
  where pinned_until > clock_timestamp()
  order by run.run_id`;

/** The pinned runs, oldest first; none in a warehouse of a version that knew none. */
export async function readPinnedRuns(pool: Pool): Promise<PinnedRun[]> {
  try {
    const rows = await queryRows<PinnedRow>(pool, pinnedSql);
    return rows.map(({ until, finishedAt, ...run }) => ({
      ...run,
      finishedAt: toInstant(finishedAt),
      until: until === 'infinity' ? undefined : toInstant(until),
    }));
  } catch (error) {
    if (sqlstateOf(error) === sqlstate.undefinedColumn) return [];
    throw error;
  }
}

/** A run by its number, or the one that a notebook's page shows by the notebook's name; undefined: there is none. */
export async function findRun(pool: Pool, name: string): Promise<string | undefined> {
  const [found] = await queryRows<{ runId: string }>(
    pool,
    /^\d{1,18}$/.test(name)
      ? 'select run_id::text as "runId" from publication.notebook_run where run_id = $1::bigint'
      : `select max(run_id)::text as "runId" from publication.notebook_run
        where slug = $1 and status = 'passed' having max(run_id) is not null`,
    [name],
  );
  return found?.runId;
}

/**
 * Pins a run, or changes until when it is pinned.
 *
 * @param until - The last day of it, `YYYY-MM-DD`; undefined: for good.
 * @param timeZone - The zone whose day it is.
 * @throws DaybookError `USAGE` for a day that the calendar has not, or that is over.
 */
export async function pinRun(
  pool: Pool,
  runId: string,
  until: string | undefined,
  timeZone: string,
): Promise<void> {
  try {
    const { rowCount } = await pool.query(
      `update publication.notebook_run
      set pinned_until = pin.until
      from (
        select coalesce(($2::date + 1)::timestamp at time zone $3, 'infinity') as until
      ) as pin
      where run_id = $1 and pin.until > clock_timestamp()`,
      [runId, until ?? null, timeZone],
    );
    if (rowCount !== 0) return;
  } catch (cause) {
    // A day like 30 February.
    if (sqlstateOf(cause)?.startsWith('22') !== true) throw cause;
    throw new DaybookError('USAGE', `--until: there is no day ${until ?? ''}`, { cause });
  }
  throw new DaybookError('USAGE', `--until: the day ${until ?? ''} is over`, {
    hint: '`daybook notebooks unpin` takes a pin away',
  });
}

/** Takes the pin of a run away; whether it had one. */
export async function unpinRun(pool: Pool, runId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update publication.notebook_run set pinned_until = null
    where run_id = $1 and pinned_until is not null`,
    [runId],
  );
  return rowCount === 1;
}
