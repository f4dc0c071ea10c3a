// Runs of whole collections of notebooks: what was asked, what is left to do, deletion of old runs.

import type { Pool } from 'pg';
import { DaybookError } from '../errors.js';
import type { Json } from '../nbformat/notebook.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { jsonb } from '../warehouse/query/value-mapping.js';

/** The request of a run of notebooks. */
export interface CollectionRequest {
  /** Notebooks and folders from the root; empty: the whole collection. */
  readonly paths: readonly string[];
  /** Parameter values for each run of its notebooks; JSON. */
  readonly parameters: Json;
  /** Whether values without a page were to get one. */
  readonly newPages: boolean;
}

/** Records the start of a run of notebooks; resolves to its number. */
export async function beginCollectionRun(
  pool: Pool,
  { paths, parameters, newPages }: CollectionRequest,
  notebooks: readonly string[],
): Promise<number> {
  const [row] = await queryRows<{ id: string }>(
    pool,
    `with run as (
      insert into publication.collection_run (paths, parameters, new_pages) values ($1, $2, $4)
      returning collection_run_id
    ), notebooks as (
      insert into publication.collection_run_notebook (collection_run_id, notebook)
      select collection_run_id, notebook from run, unnest($3::text[]) as notebook
    )
    select collection_run_id::text as id from run`,
    [paths, jsonb(parameters), notebooks, newPages],
  );
  return Number(row?.id);
}

/** Records the result of one of its notebooks. */
export async function recordCollectionNotebook(
  pool: Pool,
  id: number,
  notebook: string,
  { status, runId }: { readonly status: string; readonly runId: number | undefined },
): Promise<void> {
  await pool.query(
    `update publication.collection_run_notebook set status = $3, run_id = $4
    where collection_run_id = $1 and notebook = $2`,
    [id, notebook, status, runId ?? null],
  );
}

/** Records the end of the run. */
export async function endCollectionRun(
  pool: Pool,
  id: number,
  status: 'passed' | 'failed' | 'stopped',
): Promise<void> {
  await pool.query(
    `update publication.collection_run set status = $2, finished_at = clock_timestamp()
    where collection_run_id = $1`,
    [id, status],
  );
}

/** The unfinished part of a run: notebooks that failed, and those that it did not reach. */
export interface UnfinishedCollection extends CollectionRequest {
  readonly id: number;
  /** Paths from the root, with their variants. */
  readonly notebooks: ReadonlySet<string>;
}

/** Removes notebooks that do not belong to the run after all. */
export async function dropCollectionNotebooks(
  pool: Pool,
  id: number,
  notebooks: readonly string[],
): Promise<void> {
  if (notebooks.length === 0) return;
  await pool.query(
    `delete from publication.collection_run_notebook
    where collection_run_id = $1 and notebook = any ($2)`,
    [id, notebooks],
  );
}

/**
 * Finds the unfinished part of a run of notebooks.
 *
 * @param run - Its number, or that of one of its notebooks' runs, which is then resumed alone; or `last`: the
 *   newest unfinished run.
 * @throws DaybookError `RUN_UNKNOWN`; `USAGE` when it is finished.
 */
export async function findUnfinishedCollection(
  pool: Pool,
  run: string,
): Promise<UnfinishedCollection> {
  if (run !== 'last' && !/^\d{1,15}$/.test(run)) {
    throw new DaybookError('USAGE', `"${run}" is no number of a run, nor "last"`);
  }
  const [row] = await queryRows<{
    id: string;
    paths: string[];
    parameters: Json;
    newPages: boolean;
    notebooks: string[] | null;
  }>(
    pool,
    `select
      collection_run_id::text as id,
      paths,
      parameters,
      new_pages as "newPages",
      undone.notebooks
    from publication.collection_run as run
    cross join lateral (
      select array_agg(notebook order by notebook) as notebooks
      from publication.collection_run_notebook as part
      where part.collection_run_id = run.collection_run_id
        and part.status not in ('passed', 'unchanged')
        and ($1::bigint is null or $1 in (run.collection_run_id, part.run_id))
        and ($1::bigint is not null or not exists (
          select from publication.collection_run_notebook as later
          where later.notebook = part.notebook
            and later.collection_run_id > part.collection_run_id
            and later.status in ('passed', 'unchanged')
        ))
    ) as undone
    where case
      when $1::bigint is null then undone.notebooks is not null
      else collection_run_id = $1 or exists (
        select from publication.collection_run_notebook as part
        where part.collection_run_id = run.collection_run_id and part.run_id = $1
      )
    end
    -- Of before both kinds of runs counted from 1: the one of several was meant.
    order by collection_run_id is not distinct from $1::bigint desc, collection_run_id desc limit 1`,
    [run === 'last' ? null : run],
  );
  if (row === undefined && run === 'last') {
    throw new DaybookError('USAGE', 'No run of notebooks left anything undone', {
      hint: '`daybook notebooks run` runs what has changed since',
    });
  }
  if (row === undefined) {
    throw new DaybookError('RUN_UNKNOWN', `There is no run ${run} of notebooks`, {
      hint: 'The last line of `daybook notebooks run` has its number, and so has the page of a run',
    });
  }
  const { id, paths, parameters, newPages, notebooks } = row;
  if (notebooks === null) {
    throw new DaybookError('USAGE', `Run ${run} left nothing undone; there is nothing to resume`);
  }
  return { id: Number(id), paths, parameters, newPages, notebooks: new Set(notebooks) };
}

/** The retention of each notebook's runs. */
export interface NotebookRetention {
  /** The most runs of a notebook. */
  readonly runs: number;
  /** The most days since a run's start. */
  readonly days: number;
}

/**
 * Deletes runs of notebooks beyond the retention. Of each notebook the newest run and the newest that passed are
 * kept in any case, because the page shows them, and so are those that are pinned.
 *
 * @returns The number of deleted runs.
 */
export async function deleteOldNotebookRuns(
  pool: Pool,
  { runs, days }: NotebookRetention,
): Promise<number> {
  const { rowCount } = await pool.query(
    `with ranked as (
      select
        run_id,
        started_at,
        row_number() over (partition by slug order by run_id desc) as place,
        row_number() over (partition by slug, status order by run_id desc) as place_of_status,
        status
      from publication.notebook_run
    )
    delete from publication.notebook_run using ranked
    where notebook_run.run_id = ranked.run_id
      and (ranked.place > $1 or ranked.started_at < clock_timestamp() - make_interval(days => $2))
      and ranked.place > 1
      and not (ranked.status = 'passed' and ranked.place_of_status = 1)
      and coalesce(notebook_run.pinned_until < clock_timestamp(), true)`,
    [runs, days],
  );
  await pool.query(
    `delete from publication.collection_run
    where started_at < clock_timestamp() - make_interval(days => $1)
      and collection_run_id <> (select max(collection_run_id) from publication.collection_run)`,
    [days],
  );
  return rowCount ?? 0;
}
