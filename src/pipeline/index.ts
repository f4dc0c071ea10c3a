/**
 * `@daybook/pipeline`: typed, read-only access to the warehouse for notebooks and programs, and the
 * pipeline itself. The warehouse is the project's that the working directory lies in: as
 * `DAYBOOK_READER_URL` or `DATABASE_URL` say, else the embedded Postgres.
 *
 * Values arrive exactly: `bigint` as `bigint`, `numeric` as text, `date` as `YYYY-MM-DD`,
 * `timestamptz` as RFC 3339 text in UTC; `integer` and `double precision` as numbers.
 */
import type { PipelineReport } from './pipeline-event.js';
import type { RunOptions } from './run-in-workspace.js';
import { readerConfig, Session, type Provenance, type QueryParameter } from './session.js';

export type {
  FileReport,
  FileStatus,
  ModelReport,
  ModelStatus,
  PipelineEvent,
  PipelineReport,
  RejectCounts,
} from './pipeline-event.js';
export type { RejectReason } from './extract/reject.js';
export type { RunOptions } from './run-in-workspace.js';
export type { RejectLimit } from './load/reject-limit.js';
export type { TaskError, TestFailure } from './task-error.js';
export type { Provenance, QueryParameter } from './session.js';

const session = new Session(() => readerConfig());

/**
 * Rows of a query, read as the warehouse's reader: it can change nothing.
 *
 * @param sql - One statement. Values never go into the text: write `$1`, `$2` … for them.
 * @param params - The values.
 * @returns One object for each row. `Row` says what they are; nothing checks it.
 * @throws DaybookError `QUERY_FAILED` with line and column in the query; codes of the warehouse.
 */
export function query<Row extends object = Record<string, unknown>>(
  sql: string,
  params: readonly QueryParameter[] = [],
): Promise<Row[]> {
  return session.query<Row>(sql, params);
}

/**
 * All rows of one table or view, in no order that can be relied on.
 *
 * @param name - `schema.name`, like `gold.monthly_churn`.
 * @throws DaybookError `QUERY_FAILED` when there is none of that name.
 */
export function table<Row extends object = Record<string, unknown>>(name: string): Promise<Row[]> {
  const quoted = name.split('.').map((part) => `"${part.replaceAll('"', '""')}"`);
  return session.query<Row>(`select * from ${quoted.join('.')}`);
}

/**
 * The newest pipeline run that passed: what a figure's caption should name.
 *
 * @throws DaybookError `RUN_UNKNOWN` before the first run.
 */
export function provenance(): Promise<Provenance> {
  return session.provenance();
}

/** Closes the connections. Not needed at the end: an idle connection keeps no program alive. */
export function close(): Promise<void> {
  return session.close();
}

/**
 * Brings the warehouse up to date, like `daybook pipeline run`. Needs the owner's `DATABASE_URL` or
 * the embedded Postgres.
 *
 * @returns What happened; `status` is `failed` when a file, a model or a test failed.
 * @throws DaybookError when the run could not go on: `DATA_MISSING`, `MODEL_INVALID`, `INTERRUPTED`.
 */
export async function runPipeline(options: RunOptions = {}): Promise<PipelineReport> {
  // Notebooks that only query need not load Postgres's parser.
  const { runInWorkspace } = await import('./run-in-workspace.js');
  return runInWorkspace(options);
}
