/**
 * `daybook/pipeline`: typed, read-only access to the warehouse for notebooks and programs, and the
 * pipeline itself. The warehouse is the project's that the working directory lies in: as
 * `DAYBOOK_READER_URL` or `DATABASE_URL` say, else the embedded Postgres.
 *
 * Values arrive exactly: `bigint` as `bigint`, `numeric` as text, `date` as `YYYY-MM-DD`,
 * `timestamptz` as RFC 3339 text in UTC; `integer` and `double precision` as numbers.
 */
import { quote } from '../warehouse/query/sql-text.js';
import type { Frame } from './data-frame.js';
import type { RunOptions } from './run-in-workspace.js';
import { readerConfig } from '../config/workspace-config.js';
import {
  ownEnvironment,
  Session,
  type Provenance,
  type QueryParameter,
  type StreamOptions,
} from './session.js';
import type { PipelineReport } from '../history/reports/pipeline-report.js';

export type { PipelineEvent } from './pipeline-event.js';
export type {
  FileReport,
  FileStatus,
  ModelReport,
  ModelStatus,
  Notice,
  PipelineReport,
} from '../history/reports/pipeline-report.js';
export type { RejectCounts } from '../history/rejects/reject.js';
export type { RejectReason } from '../history/rejects/reject.js';
export type { RunOptions } from './run-in-workspace.js';
export type { LineLimit as RejectLimit } from '../config/environment/limits.js';
export type { TaskError, TestFailure } from '../history/reports/task-error.js';
export type { Frame } from './data-frame.js';
export type { Provenance, QueryParameter, StreamOptions } from './session.js';

/**
 * The rows of each table of the project, by `schema.name`. Empty here: `daybook-env.d.ts` at the
 * project's root, which a pipeline run writes, adds the project's own.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by augmentation
export interface WarehouseTables {}

/**
 * The rows and parameters of queries, by their texts. Empty here: `daybook-env.d.ts` at the project's root, which
 * `daybook notebooks check --update` writes, adds those of the project's notebooks, as Postgres describes them.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by augmentation
export interface Queries {}

/** The rows of a query: those that it was said to have, else those that are known of its text. */
export type QueryRow<Row, Sql> = [Row] extends [never]
  ? Sql extends keyof Queries
    ? Queries[Sql] extends { readonly row: infer Known }
      ? Known
      : never
    : Record<string, unknown>
  : Row;

/** What is to be given for the parameters of a query: of a known text, a value of its type for each. */
export type QueryValues<Sql> = Sql extends keyof Queries
  ? Queries[Sql] extends { readonly parameters: infer Known }
    ? Known extends readonly []
      ? [params?: readonly []]
      : [params: Readonly<Known>]
    : never
  : [params?: readonly QueryParameter[]];

const session = new Session(() => readerConfig(ownEnvironment()));

/**
 * Rows of a query, read as the warehouse's reader: it can change nothing.
 *
 * @param sql - One statement. Values never go into the text: write `$1`, `$2` … for them.
 * @param params - The values.
 * @returns One object for each row. Its type is what Postgres says of this text (`npx daybook notebooks check
 *   --update` asks it); with `Row` it is that, and nothing checks it.
 * @throws DaybookError `QUERY_FAILED` with line and column in the query, also where null stands in a column that a
 *   comment `-- not null: a, b` names; `QUERY_TOO_LARGE` for more rows than `DAYBOOK_QUERY_ROWS` (a million), see
 *   {@link queryStream}; codes of the warehouse.
 */
export function query<Row extends object = never, Sql extends string = string>(
  sql: Sql,
  ...[params = []]: QueryValues<Sql>
): Promise<QueryRow<Row, Sql>[]> {
  return session.query<QueryRow<Row, Sql> & object>(sql, params);
}

/** The values of the parameters of a query. */
export type QueryParameters<Sql> = Sql extends keyof Queries
  ? Queries[Sql] extends { readonly parameters: infer Known }
    ? Known
    : never
  : readonly never[];

/**
 * The parameters of the query that rows come from, for a SQL cell that reads them: `from ${months}`. Such a cell runs
 * the statement of the rows as a part of its own.
 *
 * @param rows - As a query returned them.
 * @param sql - Its statement.
 * @throws DaybookError `QUERY_FAILED` when the rows are others, or were changed since.
 */
export function parametersOf<Sql extends string>(
  rows: readonly object[],
  sql: Sql,
): QueryParameters<Sql> {
  return session.parametersOf(rows, sql) as QueryParameters<Sql>;
}

/** What is to be given to {@link queryStream} behind the text. */
export type StreamValues<Sql> =
  QueryValues<Sql> extends [params: infer Params]
    ? [params: Params, options?: StreamOptions]
    : [params?: QueryValues<Sql>[0], options?: StreamOptions];

/**
 * Rows of a query in batches, for results that a notebook cannot hold: the next batch is read when it is asked for, and
 * memory holds one at a time. In a notebook's run they are of the same state of the warehouse as all other queries.
 *
 * @example
 * for await (const rows of queryStream('select account, occurred_at from bronze.login')) {
 *   for (const { account } of rows) seen.add(account);
 * }
 *
 * @param sql - One statement. Values never go into the text: write `$1`, `$2` … for them.
 * @param given - The values, and how many rows come at a time.
 * @returns Arrays of rows, typed as those of {@link query}. A loop that ends early ends the query. Postgres plans it for
 *   one process, so a query that counts or sorts much and answers with few rows is faster as {@link query}.
 * @throws DaybookError as {@link query} does; `RangeError` for batches without rows.
 */
export function queryStream<Row extends object = never, Sql extends string = string>(
  sql: Sql,
  ...given: StreamValues<Sql>
): AsyncGenerator<QueryRow<Row, Sql>[], void, undefined> {
  const [params = [], options = {}] = given as [(readonly QueryParameter[])?, StreamOptions?];
  return session.stream<QueryRow<Row, Sql> & object>(sql, params, options);
}

/**
 * A query's result as a stream of Apache Arrow (IPC), for libraries that read it: DuckDB, Polars, Arquero, Perspective.
 * Memory holds one batch; no number of rows is too many. Needs the package apache-arrow in the project.
 *
 * `boolean`, `smallint`, `integer`, `bigint`, `oid`, `real`, `double precision`, `date` and `bytea` are Arrow's of the same
 * kind; `timestamptz` is a timestamp in microseconds of UTC, `timestamp` one without a zone; their arrays are lists.
 * Everything else is text as Postgres writes it: `numeric` with every digit, `json`, `interval`, `uuid`, enums.
 *
 * @example
 * // tableFromIPC is a function of apache-arrow.
 * const logins = await tableFromIPC(queryArrow('select account, occurred_at from bronze.login'));
 *
 * @param sql - One statement. Values never go into the text: write `$1`, `$2` … for them.
 * @param given - The values, and how many rows a batch has.
 * @returns The bytes of the stream in order, a batch at a time: `RecordBatchReader.from(…)` reads each as it comes. A loop
 *   that ends early ends the query.
 * @throws DaybookError as {@link query} does, `QUERY_FAILED` also for a value that Arrow cannot hold, like a date
 *   `infinity`; `PACKAGE_MISSING` without apache-arrow; `RangeError` for batches without rows.
 */
export function queryArrow<Sql extends string = string>(
  sql: Sql,
  ...given: StreamValues<Sql>
): AsyncGenerator<Uint8Array, void, undefined> {
  const [params = [], options = {}] = given as [(readonly QueryParameter[])?, StreamOptions?];
  return session.arrow(sql, params, options);
}

/** A row of which nothing is said. */
type UnknownRow = Record<string, unknown>;

/** Names that may be read as rows of a type: any, if it has columns or no table is known. */
type TableName<Row> = UnknownRow extends Row
  ? [keyof WarehouseTables] extends [never]
    ? string
    : keyof WarehouseTables
  : string;

/**
 * All rows of one table or view of the warehouse, in no order that can be relied on. The columns have
 * the types that the last pipeline run found.
 *
 * @param name - `schema.name`, like `gold.monthly_churn`.
 */
export function table<Name extends keyof WarehouseTables>(
  name: Name,
): Promise<WarehouseTables[Name][]>;
/**
 * All rows of a table or view that the pipeline does not make, in no order that can be relied on.
 *
 * @param name - `schema.name`. Without a `Row` it is one of the project's own, as far as they are known.
 * @returns One object for each row. `Row` says what they are; nothing checks it.
 * @throws DaybookError `QUERY_FAILED` when there is none of that name.
 */
export function table<Row extends object = UnknownRow>(name: TableName<Row>): Promise<Row[]>;
export function table(name: string): Promise<object[]> {
  return session.query(`select * from ${name.split('.').map(quote).join('.')}`);
}

/**
 * Rows of a query as a danfojs DataFrame, for work that is easier there than in SQL. Numbers, texts and
 * booleans come as such. A bigint column comes as numbers when all of it is exact so (below 2^53), else
 * as text; numeric comes as text unless the query casts it (`::float8`); null among numbers is NaN.
 *
 * @param sql - One statement. Values never go into the text: write `$1`, `$2` … for them.
 * @param params - The values.
 * @returns `dataFrame<DataFrame>(…)`, with the type from danfojs-node, knows all of its methods.
 * @throws DaybookError as {@link query} does.
 */
export async function dataFrame<DataFrame extends Frame = Frame, Sql extends string = string>(
  sql: Sql,
  ...[params = []]: QueryValues<Sql>
): Promise<DataFrame> {
  const { rows, columns } = await session.answer(sql, params);
  const { toDataFrame } = await import('./data-frame.js');
  const names = columns.map(({ name }) => name);
  return (await toDataFrame(rows, names)) as DataFrame;
}

/** The values that a query returns, as parameters may have them. */
export type ChoiceOf<Sql> = Sql extends keyof Queries
  ? Extract<QueryRow<never, Sql>[keyof QueryRow<never, Sql>], string | number | boolean | null>
  : string | number | boolean | null;

/**
 * A parameter whose readers may choose among values of the warehouse, in a cell tagged `parameters`:
 * `const province = choicesFrom('select distinct province from gold.customers_by_province order by 1', 'ON');` A run
 * of a notebook with `metadata.daybook.choices` asks the query, and publishes a page for each value.
 *
 * @param _sql - One statement whose first column are the values, and the second, if there is one, their labels.
 * @param value - The value in the notebook: one of them.
 * @returns The value.
 */
export function choicesFrom<Sql extends string, Value extends ChoiceOf<Sql>>(
  _sql: Sql,
  value: Value,
): Value extends string ? string : Value extends number ? number : Value {
  return value as ReturnType<typeof choicesFrom<Sql, Value>>;
}

/**
 * The newest pipeline run that passed and changed data: what a figure's caption should name. Runs that found everything
 * unchanged are passed over, so a notebook that asks need not run again after them.
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
