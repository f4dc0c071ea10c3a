// Runs of notebooks that were handed over to the workers: one leads, others execute, all by the record of the run.

import type { ClientBase, Pool } from 'pg';
import { DaybookError } from '../errors.js';
import { checkClaim, type TaskClaim } from '../history/workers/task-claim.js';
import type { Json } from '../nbformat/notebook.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { lockByName, withTransaction } from '../warehouse/query/transaction.js';
import { jsonb } from '../warehouse/query/value-mapping.js';
import type { CollectionRequest } from './collection-runs.js';

/** How the notebooks of a run are executed; JSON. */
export interface ExecutionRequest {
  readonly force: boolean;
  readonly onlyFailed: boolean;
  readonly allowErrors: boolean | readonly string[];
  readonly forceRaiseErrors: boolean;
  /** In milliseconds. */
  readonly cellTimeout?: number | undefined;
  /** In milliseconds. */
  readonly timeout?: number | undefined;
  /** Where notebooks find the logs. Default: by the settings of each worker. */
  readonly dataDir?: string | undefined;
  /** Only these; paths from the root, with their variants. */
  readonly only?: readonly string[] | undefined;
}

/** The states of a run of notebooks. */
export type CollectionState = 'queued' | 'running' | 'passed' | 'failed' | 'stopped';

/** A run that was handed over. */
export interface SharedCollection extends CollectionRequest {
  readonly status: CollectionState;
  readonly request: ExecutionRequest;
  /** What its notebooks read now; null: nobody leads it yet. */
  readonly snapshot: string | null;
  readonly isCancelled: boolean;
}

/** A notebook of a run. */
export interface SharedNotebook {
  readonly notebook: string;
  readonly status: 'waiting' | 'passed' | 'unchanged' | 'failed' | 'stopped';
  readonly runId: number | null;
  readonly error: Json;
}

/**
 * Records a run of notebooks that a worker is to lead, or finds the one that has this key already.
 *
 * @param key - Of this request alone. Default: it is none of another.
 * @returns Its number.
 */
export async function queueCollection(
  pool: Pool,
  { paths, parameters, newPages }: CollectionRequest,
  request: ExecutionRequest,
  key?: string,
): Promise<number> {
  return withTransaction(pool, async (client) => {
    if (key !== undefined) {
      await lockByName(client, 'collection', key);
      const [known] = await queryRows<{ id: number }>(
        client,
        `select collection_run_id::float8 as id from publication.collection_run
        where request ->> 'key' = $1`,
        [key],
      );
      if (known !== undefined) return known.id;
    }
    const [row] = await queryRows<{ id: number }>(
      client,
      `insert into publication.collection_run (status, paths, parameters, new_pages, request)
      values ('queued', $1, $2, $3, $4)
      returning collection_run_id::float8 as id`,
      [paths, jsonb(parameters), newPages, jsonb({ ...request, key })],
    );
    if (row === undefined) throw new Error('Postgres returned no number of the run');
    return row.id;
  });
}

/** A run that was handed over; undefined: it was not, or is not in the record any more. */
export async function readSharedCollection(
  pool: Pool,
  id: number,
): Promise<SharedCollection | undefined> {
  const [row] = await queryRows<SharedCollection>(
    pool,
    `select
      status, paths, parameters, new_pages as "newPages", request, snapshot,
      cancelled_at is not null as "isCancelled"
    from publication.collection_run
    where collection_run_id = $1 and request is not null`,
    [id],
  );
  return row;
}

/** The notebooks of a run. */
export async function readSharedNotebooks(pool: Pool, id: number): Promise<SharedNotebook[]> {
  return queryRows<SharedNotebook>(
    pool,
    `select notebook, status, run_id::float8 as "runId", error
    from publication.collection_run_notebook where collection_run_id = $1 order by notebook`,
    [id],
  );
}

/** What the worker that leads a run may do: as long as it is its. */
export interface LedCollection {
  readonly pool: Pool;
  readonly id: number;
  readonly claim: TaskClaim;
}

async function asLeader(
  { pool, id, claim }: LedCollection,
  statement: string,
  values: readonly unknown[] = [],
): Promise<void> {
  await withTransaction(pool, async (client) => {
    await checkClaim(client, claim);
    await client.query(statement, [id, ...values]);
  });
}

/** Begins to lead a run, or goes on with it. @param notebooks - Paths from the root, with their variants. */
export async function leadCollection(
  led: LedCollection,
  notebooks: readonly string[],
): Promise<void> {
  await asLeader(
    led,
    `with run as (
      update publication.collection_run set status = 'running'
      where collection_run_id = $1
    ), gone as (
      delete from publication.collection_run_notebook
      where collection_run_id = $1 and notebook <> all ($2::text[])
    )
    insert into publication.collection_run_notebook (collection_run_id, notebook)
    select $1, notebook from unnest($2::text[]) as notebook
    on conflict do nothing`,
    [notebooks],
  );
}

/** Lets its notebooks read this snapshot; what was read on an earlier one is not published from here on. */
export async function useSnapshot(led: LedCollection, snapshot: string): Promise<void> {
  await asLeader(
    led,
    'update publication.collection_run set snapshot = $2 where collection_run_id = $1',
    [snapshot],
  );
}

/** Has a notebook executed again that the run has executed already: its tables have changed. */
export async function reopenNotebook(led: LedCollection, notebook: string): Promise<void> {
  await asLeader(
    led,
    `update publication.collection_run_notebook set (status, run_id, error) = ('waiting', null, null)
    where collection_run_id = $1 and notebook = $2 and status <> 'waiting'`,
    [notebook],
  );
}

/** Records how a notebook ended; one that was executed in this run stays so when it is found unchanged. */
export async function recordLedNotebook(
  led: LedCollection,
  notebook: string,
  { status, runId }: { readonly status: string; readonly runId: number | undefined },
): Promise<void> {
  await asLeader(
    led,
    `update publication.collection_run_notebook
    set
      status = case when status = 'passed' and $3 = 'unchanged' then status else $3 end,
      run_id = coalesce($4, run_id)
    where collection_run_id = $1 and notebook = $2`,
    [notebook, status, runId ?? null],
  );
}

/** Records the end of a run. */
export async function endLedCollection(
  led: LedCollection,
  status: 'passed' | 'failed' | 'stopped',
): Promise<void> {
  await asLeader(
    led,
    `update publication.collection_run set (status, finished_at) = ($2, clock_timestamp())
    where collection_run_id = $1 and status in ('queued', 'running')`,
    [status],
  );
}

/** Ends a run that no worker could lead. */
export async function abandonCollection(pool: Pool, id: number): Promise<void> {
  await pool.query(
    `update publication.collection_run set (status, finished_at) = ('stopped', clock_timestamp())
    where collection_run_id = $1 and status in ('queued', 'running')`,
    [id],
  );
}

/** Lets workers go on with a run that had ended. */
export async function reopenCollection(pool: Pool, id: number): Promise<void> {
  await pool.query(
    `update publication.collection_run set (status, finished_at, cancelled_at) = ('queued', null, null)
    where collection_run_id = $1 and status = 'stopped'`,
    [id],
  );
}

/** A notebook of a run that a worker executes. */
export interface ClaimedNotebook {
  readonly id: number;
  readonly notebook: string;
  /** The snapshot that it reads. */
  readonly snapshot: string;
  readonly claim: TaskClaim;
}

/**
 * Checks that a notebook may still be published: it is still its worker's, and the run still reads the same snapshot.
 *
 * @param client - A connection in the transaction of the publication; the run's leader waits for its end.
 * @throws DaybookError `TASK_LOST`; `SNAPSHOT_LOST`.
 */
export async function checkClaimedNotebook(
  client: ClientBase,
  { id, snapshot, claim }: ClaimedNotebook,
): Promise<void> {
  await checkClaim(client, claim);
  const { rowCount } = await client.query(
    `select from publication.collection_run
    where collection_run_id = $1 and snapshot = $2 and status = 'running' and cancelled_at is null
    for share`,
    [id, snapshot],
  );
  if (rowCount === 1) return;
  throw new DaybookError(
    'TASK_LOST',
    'the run of this notebook has gone on with another snapshot',
    {
      hint: 'it is executed again on that one',
    },
  );
}

/** Records how a notebook ended, along with its publication. @param memory - In bytes; undefined: not measured. */
export async function recordClaimedNotebook(
  client: ClientBase,
  { id, notebook }: ClaimedNotebook,
  ended: {
    readonly status: string;
    readonly runId: bigint | null;
    readonly error: object | undefined;
    readonly memory: number | undefined;
  },
): Promise<void> {
  await client.query(
    `update publication.collection_run_notebook set (status, run_id, error, memory) = ($3, $4, $5, $6)
    where collection_run_id = $1 and notebook = $2`,
    [
      ...[id, notebook, ended.status, ended.runId, jsonb(ended.error)],
      ended.memory === undefined ? null : Math.round(ended.memory),
    ],
  );
}

/** The most memory that each notebook took when it was last measured, in bytes. */
export async function readNotebookMemory(
  pool: Pool,
  notebooks: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await queryRows<{ notebook: string; memory: number }>(
    pool,
    `select distinct on (notebook) notebook, memory::float8 as memory
    from publication.collection_run_notebook
    where notebook = any ($1) and memory is not null
    order by notebook, collection_run_id desc`,
    [notebooks],
  );
  return new Map(rows.map(({ notebook, memory }) => [notebook, memory]));
}

/**
 * Asks for the end of a run that was handed over. One that no worker has begun yet ends at once.
 *
 * @returns The state that it was in; undefined: it had ended.
 * @throws DaybookError `RUN_UNKNOWN`.
 */
export async function cancelCollection(
  pool: Pool,
  id: number,
): Promise<'queued' | 'running' | undefined> {
  const [row] = await queryRows<{ was: CollectionState }>(
    pool,
    `with before as (
      select collection_run_id, status from publication.collection_run
      where collection_run_id = $1 and request is not null
      for update
    )
    update publication.collection_run as run
    set
      cancelled_at = case
        when before.status in ('queued', 'running') then coalesce(cancelled_at, clock_timestamp())
        else cancelled_at
      end,
      status = case before.status when 'queued' then 'stopped' else before.status end,
      finished_at = case before.status when 'queued' then clock_timestamp() else finished_at end
    from before
    where run.collection_run_id = before.collection_run_id
    returning before.status as was`,
    [id],
  );
  if (row === undefined) throw unknownCollection(id);
  return row.was === 'queued' || row.was === 'running' ? row.was : undefined;
}

/** Those of the given runs that are to end. */
export async function cancelledCollections(
  pool: Pool,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const rows = await queryRows<{ id: number }>(
    pool,
    `select collection_run_id::float8 as id from publication.collection_run
    where collection_run_id = any ($1::bigint[]) and cancelled_at is not null`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The error for a number that no run has that was handed over. */
export function unknownCollection(id: number | string): DaybookError {
  return new DaybookError('RUN_UNKNOWN', `no run ${id} of notebooks was handed over`, {
    hint: '`daybook notebooks run --detach` prints the number of its run',
  });
}
