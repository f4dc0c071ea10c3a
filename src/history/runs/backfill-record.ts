// Past periods done again: what was asked for and how its slices stand, in `ops.backfill` and `ops.backfill_slice`.

import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import { jsonb } from '../../warehouse/query/value-mapping.js';
import type { TaskError } from '../reports/task-error.js';

/** What somebody asks for. Days are texts like `2026-03-01`. */
export interface BackfillRequest {
  readonly fromDay: string;
  /** Included. */
  readonly toDay: string;
  /** The length of a slice, like `7 days`. */
  readonly width: string;
  readonly newestFirst: boolean;
  /** Models as they were selected; empty: all. */
  readonly selected: readonly string[];
  /** The folder of the files. */
  readonly dataDir: string;
}

/** How a slice stands. */
export type SliceStatus = 'pending' | 'running' | 'passed' | 'failed' | 'stopped';

/** A step of a backfill. */
export interface BackfillSlice {
  /** From 1, in the order in which they are done. */
  readonly slice: number;
  /** Null: the last step, which builds what reads the slices. */
  readonly fromDay: string | null;
  readonly toDay: string | null;
  readonly status: SliceStatus;
  readonly runId: number | null;
  /** How each model ended, and all files as `files`. */
  readonly tasks: Readonly<Record<string, string>>;
  readonly error: TaskError | null;
  readonly durationMs: number | null;
}

/** How a backfill stands. `interrupted`: no process is at it any more. */
export type BackfillStatus = 'running' | 'passed' | 'failed' | 'stopped' | 'interrupted';

/** A backfill with its slices. Instants are RFC 3339 in UTC. */
export interface Backfill extends BackfillRequest {
  readonly backfillId: number;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly finishedAt: string | null;
  readonly status: BackfillStatus;
  readonly slices: readonly BackfillSlice[];
}

const backfills = `
  select
    backfill_id::float8 as "backfillId", from_day::text as "fromDay", to_day::text as "toDay", width,
    newest_first as "newestFirst", selected, data_dir as "dataDir", asked_by as "askedBy", asked_at as "askedAt",
    finished_at as "finishedAt",
    case
      when finished_at is not null then 'passed'
      when is_held then 'running'
      when stop_asked_by is not null or exists (
        select from ops.backfill_slice as slice
        where slice.backfill_id = backfill.backfill_id and slice.status = 'stopped'
      ) then 'stopped'
      when exists (
        select from ops.backfill_slice as slice
        where slice.backfill_id = backfill.backfill_id and slice.status = 'failed'
      ) then 'failed'
      else 'interrupted'
    end as status,
    (
      select jsonb_agg(
        jsonb_build_object(
          'slice', slice.slice, 'fromDay', slice.from_day, 'toDay', slice.to_day, 'status', slice.status,
          'runId', slice.run_id, 'tasks', slice.tasks, 'error', slice.error,
          'durationMs', round(extract(epoch from slice.finished_at - slice.started_at) * 1000)
        )
        order by slice.slice
      )
      from ops.backfill_slice as slice
      where slice.backfill_id = backfill.backfill_id
    ) as slices
  from ops.backfill
  join ops.backfill_state using (backfill_id)`;

/** Notes a backfill and its slices. @returns Its number. */
export async function beginBackfill(
  pool: Pool,
  request: BackfillRequest,
  slices: readonly Pick<BackfillSlice, 'fromDay' | 'toDay'>[],
  askedBy: string,
): Promise<number> {
  return withTransaction(pool, async (client) => {
    const [row] = await queryRows<{ id: number }>(
      client,
      `insert into ops.backfill (from_day, to_day, width, newest_first, selected, data_dir, asked_by)
      values ($1, $2, $3, $4, $5, $6, $7)
      returning backfill_id::float8 as id`,
      [...specification(request), request.dataDir, askedBy],
    );
    const id = row?.id ?? 0;
    await client.query(
      `insert into ops.backfill_slice (backfill_id, slice, from_day, to_day)
      select $1, slice, from_day, to_day
      from unnest($2::date[], $3::date[]) with ordinality as given (from_day, to_day, slice)`,
      [id, slices.map(({ fromDay }) => fromDay), slices.map(({ toDay }) => toDay)],
    );
    return id;
  });
}

/** The newest backfill that was asked for in the same words; undefined: there is none. */
export async function findSameBackfill(
  pool: Pool,
  request: BackfillRequest,
): Promise<Backfill | undefined> {
  const [row] = await queryRows<Backfill>(
    pool,
    `${backfills}
    where from_day = $1 and to_day = $2 and width = $3 and newest_first = $4 and selected = $5::text[]
    order by backfill_id desc limit 1`,
    specification(request),
  );
  return row;
}

function specification({ fromDay, toDay, width, newestFirst, selected }: BackfillRequest) {
  return [fromDay, toDay, width, newestFirst, selected];
}

/**
 * One backfill.
 *
 * @param backfill - Its number, or `last`.
 * @throws DaybookError `RUN_UNKNOWN`.
 */
export async function findBackfill(pool: Pool, backfill: string): Promise<Backfill> {
  const isNumber = /^\d{1,15}$/.test(backfill);
  const found =
    isNumber || backfill === 'last'
      ? await queryRows<Backfill>(
          pool,
          `${backfills}
          where $1::bigint is null or backfill_id = $1
          order by backfill_id desc limit 1`,
          [isNumber ? backfill : null],
        )
      : [];
  if (found[0] !== undefined) return found[0];
  throw new DaybookError('RUN_UNKNOWN', `there is no backfill ${backfill}`, {
    hint: 'daybook backfill list lists them; "last" is the newest',
  });
}

/** The newest backfills, newest first; none in a warehouse that an older version made. */
export async function listBackfills(pool: Pool, limit: number): Promise<Backfill[]> {
  try {
    return await queryRows<Backfill>(pool, `${backfills} order by backfill_id desc limit $1`, [
      limit,
    ]);
  } catch (error) {
    const state = sqlstateOf(error);
    if (state !== sqlstate.undefinedTable && state !== sqlstate.invalidSchemaName) throw error;
    return [];
  }
}

/**
 * Takes a backfill up again: what was not finished is to be done. Only the holder of its lock may call it.
 *
 * @param process - The host and the number of this process.
 */
export async function takeUpBackfill(pool: Pool, id: number, process: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query(
      'update ops.backfill set process = $2, stop_asked_by = null where backfill_id = $1',
      [id, process],
    );
    await client.query(
      `update ops.backfill_slice
      set status = 'pending', error = null, finished_at = null
      where backfill_id = $1 and status <> 'passed'`,
      [id],
    );
  });
}

/** Notes that a slice is begun. */
export async function beginSlice(pool: Pool, id: number, slice: number): Promise<void> {
  await pool.query(
    `update ops.backfill_slice
    set status = 'running', started_at = clock_timestamp(), run_id = null
    where backfill_id = $1 and slice = $2`,
    [id, slice],
  );
}

/** Notes the run of a slice. */
export async function noteSliceRun(
  pool: Pool,
  id: number,
  slice: number,
  runId: number,
): Promise<void> {
  await pool.query(
    'update ops.backfill_slice set run_id = $3 where backfill_id = $1 and slice = $2',
    [id, slice, runId],
  );
}

/** Notes how a slice ended; with the last one the backfill ends. */
export async function endSlice(
  pool: Pool,
  id: number,
  slice: number,
  end: Pick<BackfillSlice, 'status' | 'tasks'> & { readonly error?: TaskError | undefined },
): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query(
      `update ops.backfill_slice
      set status = $3, tasks = $4, error = $5, finished_at = clock_timestamp()
      where backfill_id = $1 and slice = $2`,
      [id, slice, end.status, jsonb(end.tasks), jsonb(end.error)],
    );
    await client.query(
      `update ops.backfill set finished_at = clock_timestamp()
      where backfill_id = $1 and finished_at is null and not exists (
        select from ops.backfill_slice where backfill_id = $1 and status <> 'passed'
      )`,
      [id],
    );
  });
}

/** Asks to stop a backfill after what it is at. @returns False: nobody is at it. */
export async function askBackfillToStop(pool: Pool, id: number, by: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update ops.backfill set stop_asked_by = $2
    from ops.backfill_state as state
    where backfill.backfill_id = $1 and state.backfill_id = $1 and is_held`,
    [id, by],
  );
  return rowCount === 1;
}

/** Who asked to stop a backfill; undefined: nobody. */
export async function backfillStopAskedBy(pool: Pool, id: number): Promise<string | undefined> {
  const [row] = await queryRows<{ by: string | null }>(
    pool,
    'select stop_asked_by as by from ops.backfill where backfill_id = $1',
    [id],
  );
  return row?.by ?? undefined;
}
