import type { ClientBase, Pool } from 'pg';
import type { Json } from '../nbformat/notebook.js';
import type { Visibility } from '../visibility.js';
import { lockByName, withTransaction } from '../warehouse/query/transaction.js';
import { jsonb } from '../warehouse/query/value-mapping.js';

/** A notebook as the dashboard lists it. */
export interface PublishedNotebook {
  /** Its name in addresses: the file's name without `.ipynb`. */
  readonly slug: string;
  /** The file, as a path from the project's root. */
  readonly path: string;
  /** The values of its runs that are not those in the file; undefined: there are none. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** The folder of the project that publishes it, absolute. */
  readonly project?: string | undefined;
  readonly title: string;
  readonly summary: string;
  /** Its place among the others, smallest first. */
  readonly position: number;
  /** What it is listed under; empty: nothing of its own. */
  readonly group: string;
  /** How old its data may be, like `36 hours`; undefined: any age. */
  readonly maxAge?: string | undefined;
  /** Who may read it; undefined: the dashboard's own setting says. */
  readonly visibility?: Visibility | undefined;
}

/** A finished run of a notebook. */
export interface NotebookRun {
  readonly status: 'passed' | 'failed';
  /** The executed notebook as JSON text. */
  readonly document: string;
  /** Of a failed run: kind, cell (from 1), cellId, line, column, ename, evalue. */
  readonly error: Readonly<Record<string, Json | undefined>> | undefined;
  /** name, display_name, language, and what the kernel said of itself. */
  readonly kernel: Readonly<Record<string, Json | undefined>>;
  readonly codeVersion: string | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** What it depended on; JSON. */
  readonly inputs?: object;
  /** What it asked the warehouse; JSON. */
  readonly queries?: readonly object[];
  /** How its cells ended; JSON. */
  readonly cells?: readonly object[];
}

/** What the warehouse held when notebooks were run. */
export interface DataState {
  /** The newest pipeline run that passed; null: none has. */
  readonly pipelineRunId: bigint | null;
  /**
   * The newest event of the sources that the notebook's tables come from, RFC 3339 in UTC; null: there is none, or
   * the notebook reads none of them.
   */
  readonly dataThrough: string | null;
}

/**
 * Asks what the warehouse holds now of what a notebook reads, by the graph of models of the newest run that
 * passed: through all models down to the tables that files are loaded into.
 *
 * @param tables - What the notebook reads, as `schema.name`.
 * @param loaded - The schema that files are loaded into.
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

/** The newest run of a notebook, as far as the next one looks at it. */
export interface LatestRun {
  readonly runId: bigint;
  readonly status: 'passed' | 'failed';
  /** As {@link NotebookRun} had them; null: it kept none. */
  readonly inputs: unknown;
  /** How long the newest run that passed took; null: none has. */
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
 * Notes that a run stands for the warehouse of now, too: nothing that it depended on has changed.
 *
 * @param shown - What is shown anew around its outputs, if that has changed.
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
      (slug, path, title, summary, position, group_name, max_age, visibility, parameters, project)
    values ($1, $2, $3, $4, $5, $6, $8, $9, $10, $11)
    on conflict (slug) do update set
      path = excluded.path,
      parameters = excluded.parameters,
      project = excluded.project,
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
    ],
  );
}

/** A text as Postgres can keep it: all but NUL, which it has no place for. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

/**
 * Adds a run to the publication. A run that passed also brings title, summary, position and group up
 * to date; one that failed leaves them as they are, because the page shows an earlier run.
 *
 * @returns The run's number; undefined: it is not published, because of two runs at the same time the
 *   other saw newer data and came first.
 */
export async function publishRun(
  pool: Pool,
  notebook: PublishedNotebook,
  run: NotebookRun,
  data: DataState,
): Promise<bigint | undefined> {
  return withTransaction(pool, async (client) => {
    // Of two that publish the page at the same time the second waits, and then sees the first.
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
    return rows[0]?.run_id ?? 0n;
  });
}
