import type { Pool } from 'pg';
import { readVisibility, type Visibility } from '../visibility.js';
import type { Notice } from '../history/pipeline-report.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';

/** Why a run of a notebook failed, and where. */
export interface RunError {
  /** Number of the cell among all cells of the notebook, from 1. */
  readonly cell: number | undefined;
  /** Line and column of the cell's source, from 1. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The error's name and message. */
  readonly ename: string;
  readonly evalue: string;
}

/** One finished run of a notebook, without its document. Instants are RFC 3339 text in UTC. */
export interface RunSummary {
  /** The run's number, as text: it may be beyond what a number holds. */
  readonly runId: string;
  readonly status: 'passed' | 'failed';
  readonly error: RunError | undefined;
  readonly codeVersion: string | undefined;
  /** The pipeline run whose tables it read. */
  readonly pipelineRunId: string | undefined;
  /** The newest event that the warehouse held. */
  readonly dataThrough: string | undefined;
  /** The zone in which the pipeline run counted its days. */
  readonly timeZone: string | undefined;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** There is a picture of its main chart, for those who show links. */
  readonly hasPicture?: boolean;
}

/** One question that a run asked the warehouse. */
export interface RunQuery {
  readonly sql: string;
  /** The values of `$1`, `$2`, … as text; null: none. Left out where there are none, or not known. */
  readonly parameters?: readonly (string | null)[];
  /** The relations that it names, like `gold.monthly_churn`. */
  readonly tables: readonly string[];
  /** Undefined: it failed. */
  readonly rows: number | undefined;
  readonly milliseconds: number;
  /** The cell that asked, from 1; undefined: not known. */
  readonly cell: number | undefined;
}

/** An executed run of a notebook with what it asked, in order. */
export interface ExecutedRun {
  readonly run: RunSummary;
  /** The executed notebook as JSON text; whether it is one is for whoever reads it to find out. */
  readonly document: string;
  readonly queries: readonly RunQuery[];
}

/** A published notebook with the runs that its page speaks of. */
export interface DashboardNotebook {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  /** What it is listed under; empty: nothing of its own. */
  readonly group: string;
  /** Who may read it; undefined: it does not say. */
  readonly visibility?: Visibility | undefined;
  /** The newest run that passed: what the page shows. */
  readonly shown: RunSummary | undefined;
  /** The newest run of all. */
  readonly latest: RunSummary | undefined;
  /** A later pipeline run that changed tables, so that the page is older than the data. */
  readonly newerPipelineRunId: string | undefined;
  /** The newest pipeline run, when it failed as a whole: nothing was refreshed by it. */
  readonly heldBy?: string | undefined;
  /** Its data are older than it says they may be, `maxAge` in words; undefined: they are not. */
  readonly staleAfter?: string | undefined;
}

/** A pipeline run that is under way, or the last one. */
export interface PipelineState {
  readonly runId: string;
  /** `interrupted`: its process is gone. */
  readonly status: 'running' | 'passed' | 'failed' | 'interrupted';
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** Tasks by now, and how many of them are done. */
  readonly taskCount: number;
  readonly doneCount: number;
  /** What its lines were made of that no earlier run saw; 0 until it ends. */
  readonly driftCount: number;
  /** Files of the data folder that it did not read, the first hundred, and how many there are. */
  readonly filesNotRead: readonly { readonly file: string; readonly reason: string }[];
  readonly filesNotReadCount: number;
  /** Why the newest run that ended has failed; undefined: it has not, or none has ended. */
  readonly problem?: PipelineProblem | undefined;
  /** What to look at although that run passed. */
  readonly notices?: readonly Notice[];
}

/** Why a pipeline run failed. */
export interface PipelineProblem {
  readonly runId: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** No table was built: all is as it was before. */
  readonly isWhole: boolean;
}

/** Everything that the pages say about themselves, at one instant. */
export interface Publication {
  /** In the order of the dashboard. */
  readonly notebooks: readonly DashboardNotebook[];
  /** The names of all, where {@link notebooks} are only those that somebody may read. */
  readonly slugs?: readonly string[];
  /** The newest pipeline run; undefined before the first. */
  readonly pipeline: PipelineState | undefined;
}

/** Reads what is published. All methods reject with Postgres's own errors while it is away. */
export interface PublicationReader {
  /** The state of all notebooks and of the pipeline. Empty before the warehouse has its tables. */
  readPublication(): Promise<Publication>;
  /** The last runs of a notebook, newest first. */
  readRuns(slug: string, limit: number): Promise<RunSummary[]>;
  /** The executed notebook of one run; undefined when that notebook has no such run. */
  readRun(slug: string, runId: string): Promise<ExecutedRun | undefined>;
  /** What runs asked the warehouse, by their numbers. */
  readQueries(runIds: readonly string[]): Promise<Map<string, RunQuery[]>>;
  /** The picture of a run's main chart as PNG; undefined: none was made. */
  readPicture(slug: string, runId: string): Promise<Buffer | undefined>;
  /** Answers when the warehouse can be reached. */
  ping(): Promise<void>;
}

/** A {@link PublicationReader} on a pool of the reader's role. */
export function createPublicationReader(pool: Pool): PublicationReader {
  return {
    readPublication: async () => {
      try {
        const [notebooks, pipeline] = await Promise.all([
          queryRows<NotebookRow>(pool, notebooksSql),
          queryRows<PipelineRow>(pool, pipelineSql),
        ]);
        const [state] = pipeline.map(toPipeline);
        const heldBy = state?.problem?.isWhole === true ? state.problem.runId : undefined;
        return {
          notebooks: notebooks.map((row) => ({ ...toNotebook(row), heldBy })),
          pipeline: state,
        };
      } catch (error) {
        // A server that starts first finds no tables yet: nothing is published.
        if (isUnprepared(error)) return { notebooks: [], pipeline: undefined };
        throw error;
      }
    },
    readRuns: async (slug, limit) => {
      const rows = await queryRows<RunRow>(
        pool,
        `select ${runColumns} ${runTables} where run.slug = $1 order by run.run_id desc limit $2`,
        [slug, limit],
      );
      return rows.map(toRun);
    },
    readRun: async (slug, runId) => {
      const [row] = await queryRows<RunRow & { document: string; queries: unknown }>(
        pool,
        `select ${runColumns}, run.document, run.queries ${runTables}
        where run.slug = $1 and run.run_id = $2`,
        [slug, runId],
      );
      if (row === undefined) return undefined;
      return { run: toRun(row), document: row.document, queries: toQueries(row.queries) };
    },
    readQueries: async (runIds) => {
      const rows = await queryRows<{ run_id: bigint; queries: unknown }>(
        pool,
        'select run_id, queries from publication.notebook_run where run_id = any($1::bigint[])',
        [runIds],
      );
      return new Map(rows.map((row) => [String(row.run_id), toQueries(row.queries)]));
    },
    readPicture: async (slug, runId) => {
      const [row] = await queryRows<{ picture: Buffer }>(
        pool,
        `select picture from publication.notebook_run
        where slug = $1 and run_id = $2 and octet_length(picture) > 0`,
        [slug, runId],
      );
      return row?.picture;
    },
    ping: async () => {
      await queryRows(pool, 'select 1');
    },
  };
}

function isUnprepared(error: unknown): boolean {
  const state = sqlstateOf(error);
  return state === sqlstate.undefinedTable || state === sqlstate.invalidSchemaName;
}

const runColumns = `
  run.run_id, run.status, run.error, run.code_version, run.pipeline_run_id, run.data_through,
  pipeline_run.time_zone, run.started_at, run.finished_at,
  coalesce(octet_length(run.picture) > 0, false) as has_picture`;
const runTables = `
  from publication.notebook_run as run
  left join ops.pipeline_run on pipeline_run.run_id = run.pipeline_run_id`;

/**
 * The newest run and the newest one that passed, of each notebook. Its data is outdated when a later
 * pipeline run replaced the rows of a table; runs that found nothing new left all as `unchanged`.
 */
const notebooksSql = `
  select
    notebook.slug, notebook.title, notebook.summary, notebook.group_name,
    -- A warehouse that an older version made has no such column yet.
    to_jsonb(notebook) -> 'visibility' as visibility,
    to_jsonb(latest) as latest,
    to_jsonb(shown) as shown,
    (
      select max(task_run.run_id)::text
      from ops.task_run
      where task_run.run_id > shown.pipeline_run_id
        and task_run.kind in ('model', 'view')
        and task_run.status = 'passed'
    ) as newer_pipeline_run_id,
    case
      when shown.data_through + notebook.max_age::interval < clock_timestamp() then notebook.max_age
    end as stale_after
  from publication.notebook
  left join lateral (
    select ${runColumns} ${runTables}
    where run.slug = notebook.slug
    order by run.run_id desc limit 1
  ) as latest on true
  left join lateral (
    select ${runColumns} ${runTables}
    where run.slug = notebook.slug and run.status = 'passed'
    order by run.run_id desc limit 1
  ) as shown on true
  where notebook.retired_at is null
  order by notebook.position, notebook.title, notebook.slug`;

/** The newest run that came to its end: what became of the tables, also while another one is under way. */
const endedSql = `
  select json_build_object(
    'runId', ended.run_id::text, 'status', ended.status, 'error', ended.error,
    'notices', ended.summary -> 'notices',
    'codes', jsonb_path_query_array(ended.summary, '$.files[*].error.code'),
    'models', jsonb_path_query_array(ended.summary, '$.models[*] ? (@.status == "failed")')
  )
  from ops.pipeline_run as ended
  where ended.status in ('passed', 'failed')
    and coalesce(ended.error ->> 'code' not in ('RUN_DIED', 'INTERRUPTED'), true)
  order by ended.run_id desc limit 1`;

const pipelineSql = `
  select
    run.run_id, state.state as status, run.started_at, run.finished_at,
    count(task_run) as task_count,
    count(task_run) filter (where task_run.status not in ('pending', 'running')) as done_count,
    coalesce(jsonb_array_length(run.summary -> 'drift'), 0) as drift_count,
    coalesce(jsonb_array_length(run.summary -> 'passedOver'), 0) as passed_over_count,
    coalesce(jsonb_path_query_array(run.summary, '$.passedOver[0 to 99]'), '[]') as passed_over,
    (${endedSql}) as ended
  from ops.pipeline_run as run
  join ops.pipeline_run_state as state using (run_id)
  left join ops.task_run using (run_id)
  where run.run_id = (select max(run_id) from ops.pipeline_run)
  group by run.run_id, state.state`;

/** A row of `notebook_run`; within another row's JSON its ids are numbers, alone they are bigint. */
interface RunRow {
  run_id: bigint | number;
  status: 'passed' | 'failed';
  error: Record<string, unknown> | null;
  code_version: string | null;
  pipeline_run_id: bigint | number | null;
  data_through: string | null;
  time_zone: string | null;
  started_at: string;
  finished_at: string;
  has_picture: boolean;
}

interface NotebookRow {
  slug: string;
  title: string;
  summary: string;
  group_name: string;
  visibility: unknown;
  latest: RunRow | null;
  shown: RunRow | null;
  newer_pipeline_run_id: string | null;
  stale_after: string | null;
}

interface PipelineRow {
  run_id: bigint;
  status: PipelineState['status'];
  started_at: string;
  finished_at: string | null;
  task_count: bigint;
  done_count: bigint;
  drift_count: number;
  passed_over_count: number;
  passed_over: { file: string; reason: string }[];
  ended: EndedRow | null;
}

/** The newest run that ended, as JSON. */
interface EndedRow {
  runId: string;
  status: 'passed' | 'failed';
  error: { code?: string; message?: string; hint?: string } | null;
  notices: Notice[] | null;
  codes: string[] | null;
  models: { model: string; error?: { code?: string; message?: string } }[] | null;
}

function toNotebook(row: NotebookRow): DashboardNotebook {
  return {
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    group: row.group_name,
    visibility: readVisibility(row.visibility),
    shown: row.shown === null ? undefined : toRun(row.shown),
    latest: row.latest === null ? undefined : toRun(row.latest),
    newerPipelineRunId: row.newer_pipeline_run_id ?? undefined,
    staleAfter: row.stale_after ?? undefined,
  };
}

function toRun(row: RunRow): RunSummary {
  return {
    runId: String(row.run_id),
    status: row.status,
    error: row.error === null ? undefined : toError(row.error),
    codeVersion: row.code_version ?? undefined,
    pipelineRunId: row.pipeline_run_id === null ? undefined : String(row.pipeline_run_id),
    dataThrough: row.data_through === null ? undefined : toInstant(row.data_through),
    timeZone: row.time_zone ?? undefined,
    startedAt: toInstant(row.started_at),
    finishedAt: toInstant(row.finished_at),
    hasPicture: row.has_picture,
  };
}

function toError(error: Record<string, unknown>): RunError {
  const text = (name: string) => (typeof error[name] === 'string' ? error[name] : '');
  const count = (name: string) =>
    Number.isSafeInteger(error[name]) && Number(error[name]) > 0 ? Number(error[name]) : undefined;
  return {
    cell: count('cell'),
    line: count('line'),
    column: count('column'),
    ename: text('ename'),
    evalue: text('evalue'),
  };
}

/** The questions of a run; what is not as this version writes it is left out. */
function toQueries(queries: unknown): RunQuery[] {
  if (!Array.isArray(queries)) return [];
  return (queries as Partial<Record<string, unknown>>[]).flatMap((query): RunQuery[] => {
    const { sql, parameters, tables, rows, milliseconds, cell } = query;
    if (typeof sql !== 'string') return [];
    const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
    return [
      {
        sql,
        ...(Array.isArray(parameters)
          ? { parameters: parameters.map((value) => (value === null ? null : String(value))) }
          : {}),
        tables: Array.isArray(tables) ? tables.map(String) : [],
        rows: number(rows),
        milliseconds: number(milliseconds) ?? 0,
        cell: number(cell),
      },
    ];
  });
}

function toPipeline(row: PipelineRow): PipelineState {
  return {
    runId: String(row.run_id),
    status: row.status,
    startedAt: toInstant(row.started_at),
    finishedAt: row.finished_at === null ? undefined : toInstant(row.finished_at),
    taskCount: Number(row.task_count),
    doneCount: Number(row.done_count),
    driftCount: row.drift_count,
    filesNotRead: row.passed_over,
    filesNotReadCount: row.passed_over_count,
    problem: row.ended === null ? undefined : toProblem(row.ended),
    notices: row.ended?.status === 'passed' ? (row.ended.notices ?? []) : [],
  };
}

function toProblem({ runId, status, error, codes, models }: EndedRow): PipelineProblem | undefined {
  if (status !== 'failed') return undefined;
  const failed = models ?? [];
  const [first] = failed;
  const own = error?.code ?? first?.error?.code ?? 'PIPELINE_FAILED';
  // What is wrong with the files says more than that some could not be loaded.
  const code = own === 'PIPELINE_FAILED' ? (codes?.[0] ?? own) : own;
  const ofModels = `${failed.length} of the models failed; ${first?.model ?? ''}: ${first?.error?.message ?? ''}`;
  return {
    ...{ runId, code, hint: error?.hint, isWhole: error !== null },
    message: error?.message ?? ofModels,
  };
}

/** An instant in UTC, also where JSON in Postgres wrote it with an offset. */
function toInstant(text: string): string {
  return new Date(text).toISOString();
}
