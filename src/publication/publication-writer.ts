// Publication of notebook runs in the warehouse.

import type { ClientBase, Pool } from 'pg';
import type { Json } from '../nbformat/notebook.js';
import type { Visibility } from '../visibility.js';
import type { ChoiceParameter, ChosenValues } from './choice-values.js';
import { lockByName, withTransaction } from '../warehouse/query/transaction.js';
import { jsonb } from '../warehouse/query/value-mapping.js';

/** A notebook's entry on the dashboard. */
export interface PublishedNotebook {
  /** Its name in addresses: the file's name without `.ipynb`. */
  readonly slug: string;
  /** The file relative to the project's root. */
  readonly path: string;
  /** Parameter values that differ from those in the file; undefined: none. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** What its readers may choose; undefined: nothing. */
  readonly choices?: readonly ChoiceParameter[] | undefined;
  /** The combination that its page is of a notebook with choices, by that notebook's name; undefined: none. */
  readonly state?: { readonly of: string; readonly values: ChosenValues } | undefined;
  /** The folder of the project, absolute. */
  readonly project?: string | undefined;
  readonly title: string;
  readonly summary: string;
  /** Its position in lists, ascending. */
  readonly position: number;
  /** Its group; empty: none. */
  readonly group: string;
  /** The permitted age of its data, like `36 hours`; undefined: any. */
  readonly maxAge?: string | undefined;
  /** Who may read it; undefined: the dashboard's setting applies. */
  readonly visibility?: Visibility | undefined;
}

/** A finished run of a notebook. */
export interface NotebookRun {
  readonly status: 'passed' | 'failed';
  /** The executed notebook as JSON text. */
  readonly document: string;
  /** The failure: kind, cell (from 1), cellId, line, column, ename, evalue. */
  readonly error: Readonly<Record<string, Json | undefined>> | undefined;
  /** name, display_name, language, and the kernel's own information. */
  readonly kernel: Readonly<Record<string, Json | undefined>>;
  readonly codeVersion: string | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** The inputs of the run; JSON. */
  readonly inputs?: object;
  /** Its queries; JSON. */
  readonly queries?: readonly object[];
  /** The results of its cells; JSON. */
  readonly cells?: readonly object[];
}

/** The state of the warehouse during a run. */
export interface DataState {
  /** The newest pipeline run that passed; null: none. */
  readonly pipelineRunId: bigint | null;
  /**
   * The newest event in the sources of the notebook's tables, RFC 3339 in UTC; null: there is none, or the
   * notebook reads none of them.
   */
  readonly dataThrough: string | null;
}

/**
 * Reads the current state of a notebook's tables, by the graph of models of the newest run that passed: through
 * all models down to the loaded tables.
 *
 * @param tables - The notebook's tables, as `schema.name`.
 * @param loaded - The schema of loaded tables.
 */
export async function readDataState(
  connection: Pool | ClientBase,
  tables: readonly string[],
  loaded: string,
): Promise<DataState> {
  const { rows } = await connection.query<DataState>(
    `with recursive
      newest as (select run_id, graph from ops.pipeline_run where status = 'passed' order by run_id desc limit 1),
      graph as (
        select model, read
        from newest, jsonb_each(coalesce(graph, '{}')) as entry (model, reads), jsonb_array_elements_text(reads) as read
      ),
      behind (name) as (
        select name from unnest($1::text[]) as name
        union
        select graph.read from behind join graph on graph.model = behind.name
      )
    select
      (select run_id from newest) as "pipelineRunId",
      (
        select max(newest_event) from ops.source_file
        where $2 || '.' || source in (select name from behind)
      ) as "dataThrough"`,
    [tables, loaded],
  );
  return rows[0] ?? { pipelineRunId: null, dataThrough: null };
}

/** What belongs to the transaction of a publication by one of several processes. */
export interface PublicationGuard {
  /** Called first and last. @throws Where the run is another process's by now. */
  readonly check: (client: ClientBase) => Promise<void>;
  /** Records the run along with it. */
  readonly record: (client: ClientBase, runId: bigint, run: NotebookRun) => Promise<void>;
}

/** The newest run of a notebook, as the next one needs it. */
export interface LatestRun {
  readonly runId: bigint;
  readonly status: 'passed' | 'failed';
  /** As in {@link NotebookRun}; null: none stored. */
  readonly inputs: unknown;
  /** The duration of the newest run that passed; null: none. */
  readonly milliseconds: number | null;
}

/** The newest run of each of these notebooks, by slug. */
export async function latestRuns(
  pool: Pool,
  slugs: readonly string[],
): Promise<Map<string, LatestRun>> {
  const { rows } = await pool.query<LatestRun & { slug: string }>(
    `select
      slug, run_id as "runId", status, inputs,
      (
        select (extract(epoch from finished_at - started_at) * 1000)::float8
        from publication.notebook_run as good
        where good.slug = wanted.slug and good.status = 'passed'
        order by run_id desc limit 1
      ) as milliseconds
    from unnest($1::text[]) as wanted (slug)
    cross join lateral (
      select run_id, status, inputs from publication.notebook_run as run
      where run.slug = wanted.slug order by run_id desc limit 1
    ) as latest`,
    [slugs],
  );
  return new Map(rows.map(({ slug, ...run }) => [slug, run]));
}

/** The executed notebook of a run as JSON text; undefined: there is no such run. */
export async function readDocument(pool: Pool, runId: bigint): Promise<string | undefined> {
  const { rows } = await pool.query<{ document: string }>(
    'select document from publication.notebook_run where run_id = $1',
    [runId],
  );
  return rows[0]?.document;
}

/**
 * Records that a run is still current: its inputs are unchanged.
 *
 * @param shown - The document with its current text, if that has changed.
 */
export async function confirmRun(
  pool: Pool,
  notebook: PublishedNotebook,
  runId: bigint,
  data: DataState,
  shown?: { readonly document: string; readonly inputs: object },
): Promise<void> {
  await withTransaction(pool, async (client) => {
    await lockByName(client, 'page', notebook.slug);
    await writeNotebook(client, notebook, true);
    await client.query(
      `update publication.notebook_run
      set
        confirmed_at = clock_timestamp(),
        pipeline_run_id = $2,
        data_through = $3,
        document = coalesce($4, document),
        inputs = coalesce($5, inputs)
      -- Another run at the same time may have confirmed it for a newer state.
      where run_id = $1 and coalesce(pipeline_run_id, 0) <= coalesce($2, 0)`,
      [runId, data.pipelineRunId, data.dataThrough, shown?.document ?? null, jsonb(shown?.inputs)],
    );
  });
}

async function writeNotebook(
  client: ClientBase,
  { slug, path, title, summary, position, group, maxAge, ...notebook }: PublishedNotebook,
  isShown: boolean,
): Promise<void> {
  await client.query(
    `insert into publication.notebook as existing
      (slug, path, title, summary, position, group_name, max_age, visibility, parameters, project,
        choices, choice_of, choice)
    values ($1, $2, $3, $4, $5, $6, $8, $9, $10, $11, $12, $13, $14)
    on conflict (slug) do update set
      path = excluded.path,
      parameters = excluded.parameters,
      project = excluded.project,
      choices = excluded.choices,
      choice_of = excluded.choice_of,
      choice = excluded.choice,
      title = case when $7 then excluded.title else existing.title end,
      summary = case when $7 then excluded.summary else existing.summary end,
      position = case when $7 then excluded.position else existing.position end,
      group_name = case when $7 then excluded.group_name else existing.group_name end,
      max_age = case when $7 then excluded.max_age else existing.max_age end,
      -- Who may read it counts at once, for its earlier runs and for those that fail, too.
      visibility = excluded.visibility,
      retired_at = null`,
    [
      slug,
      path,
      storable(title),
      storable(summary),
      position,
      storable(group),
      isShown,
      maxAge ?? null,
      jsonb(notebook.visibility),
      jsonb(notebook.parameters),
      notebook.project ?? null,
      jsonb(notebook.choices),
      notebook.state?.of ?? null,
      jsonb(notebook.state?.values),
    ],
  );
}

/** A text without NUL, which Postgres cannot store. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

/**
 * Publishes a run. One that passed also updates title, summary, position and group; one that failed leaves them,
 * because the page shows an earlier run.
 *
 * @returns The run's number; undefined: it is not published, because a concurrent run read newer data and was
 *   first.
 */
export async function publishRun(
  pool: Pool,
  notebook: PublishedNotebook,
  run: NotebookRun,
  data: DataState,
  guard?: PublicationGuard,
): Promise<bigint | undefined> {
  return withTransaction(pool, async (client) => {
    await guard?.check(client);
    // Of concurrent publications of a page the second waits, and then sees the first.
    await lockByName(client, 'page', notebook.slug);
    const newer = await client.query(
      `select from publication.notebook_run
      where slug = $1 and status = 'passed' and pipeline_run_id > $2`,
      [notebook.slug, data.pipelineRunId],
    );
    if (newer.rowCount !== 0) return undefined;
    await writeNotebook(client, notebook, run.status === 'passed');
    const { rows } = await client.query<{ run_id: bigint }>(
      `insert into publication.notebook_run
        (slug, status, document, error, kernel, code_version, pipeline_run_id, data_through,
          started_at, finished_at, inputs, queries, cells)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      returning run_id`,
      [
        notebook.slug,
        run.status,
        run.document,
        jsonb(run.error),
        jsonb(run.kernel),
        run.codeVersion ?? null,
        data.pipelineRunId,
        data.dataThrough,
        run.startedAt,
        run.finishedAt,
        ...[run.inputs, run.queries, run.cells].map(jsonb),
      ],
    );
    const runId = rows[0]?.run_id ?? 0n;
    await guard?.record(client, runId, run);
    await guard?.check(client);
    return runId;
  });
}
