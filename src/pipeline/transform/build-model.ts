// Building of one model in one transaction: candidate, tests, publication. The materializations meet here.

import type { Pool, PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { offsetOfCodePoint } from '../../parse-sql/parse-statements.js';
import { quote } from '../../warehouse/query/sql-text.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import { placeIn, type Model } from '../definitions/model.js';
import type { Period } from '../definitions/period.js';
import { ModelTestError } from '../../history/reports/task-error.js';
import { applyMetadata } from './publish/apply-metadata.js';
import { cancelOnAbort } from '../../warehouse/query/cancel-on-abort.js';
import {
  checkColumns,
  describePrefix,
  describeQuery,
  type DescribedQuery,
} from './check-columns.js';
import { checkSlices, extendModel } from './increment/extend-model.js';
import { findIncrement } from './increment/increment.js';
import { allFiles } from './increment/model-files.js';
import { publishTable } from './publish/publish-table.js';
import { publishView } from './publish/publish-view.js';
import type { RelationColumn } from './publish/relation.js';
import { refuseVolatile } from './refuse-volatile.js';
import type { DependentModels } from './publish/replace-relation.js';
import { runTest, testQueries, type TestQuery, type TestResult } from './run-tests.js';
import { StatementLog } from './publish/statement-log.js';
import { writeModelFiles, type ModelFile } from '../../history/models/model-files.js';
import type { QueryPlan } from '../../history/runs/pipeline-run.js';

/** The result of building a model. It is filled during the work, so a failure leaves its part. */
export interface ModelBuild {
  published: boolean;
  /** Rows of the candidate; null of a view. */
  rows: number | null;
  /** The executed statements without tests. */
  sql: string;
  /** The query plan of a table. */
  plan: QueryPlan | null;
  tests: TestResult[];
}

/** Options of {@link buildModel}. */
export interface BuildModelOptions {
  readonly signal: AbortSignal;
  readonly dependents: DependentModels;
  /** Builds only the changed slices of an incremental model. */
  readonly extend: boolean;
  /** Of an incremental model that is extended: whose slices are built again, changed or not. */
  readonly again?: Period | undefined;
  /** The tables of files behind the relation of events of an incremental model. */
  readonly sources: readonly string[];
  /** Called first in the transaction, to lock the model. */
  readonly lock: (client: PoolClient) => Promise<void>;
  /** Called last in the transaction, to record the build. */
  readonly onPublished: (client: PoolClient) => Promise<void>;
}

/**
 * Builds a model in one transaction: first the candidate as a temporary relation that only this session sees; then
 * its columns and tests are checked; then it is published. On failure the transaction is rolled back, and the
 * published relation stays.
 *
 * @param build - Filled with the result.
 * @throws DaybookError `MODEL_FAILED` at the place in the file, `TEST_FAILED`, `MODEL_DEPENDENT`; the reason of
 *   `signal`.
 */
export async function buildModel(
  pool: Pool,
  model: Model,
  build: ModelBuild,
  options: BuildModelOptions,
): Promise<void> {
  options.signal.throwIfAborted();
  try {
    await withTransaction(pool, async (client) => {
      const stop = await cancelOnAbort(pool, client, options.signal);
      const log = new StatementLog(client, options.signal);
      try {
        await options.lock(client);
        await buildOn(log, model, build, options);
      } finally {
        build.sql = log.sql;
        build.plan = log.plan;
        stop();
      }
    });
  } catch (cause) {
    options.signal.throwIfAborted();
    if (cause instanceof DaybookError || sqlstateOf(cause) === undefined) throw cause;
    throw refused(model, model.file, cause);
  }
}

function refused(model: Model, where: string, cause: unknown): DaybookError {
  const isMissing = sqlstateOf(cause) === sqlstate.undefinedTable;
  return new DaybookError('MODEL_FAILED', 'Postgres refuses the query', {
    where,
    cause,
    ...(isMissing
      ? { hint: `what it reads is not built yet: --select +${model.id} builds that first` }
      : {}),
  });
}

async function buildOn(
  log: StatementLog,
  model: Model,
  build: ModelBuild,
  { dependents, extend, again, sources, onPublished }: BuildModelOptions,
): Promise<void> {
  const { columns, functions } = await describeModel(log.client, model);
  await checkColumns(log.client, model, columns);
  await refuseVolatile(log.client, model, functions);

  const { incremental } = model;
  const increment =
    extend && incremental !== undefined
      ? await findIncrement(log.client, model, incremental, sources, again)
      : undefined;
  // Read before the events: the next run checks again what is loaded in between.
  const files =
    incremental === undefined
      ? []
      : (increment?.files ?? (await allFiles(log.client, incremental, sources)));
  const publish =
    incremental !== undefined && increment !== undefined
      ? await extendModel(log, model, incremental, increment)
      : await makeCandidate(log, model, columns, build, { files, dependents });
  for (const query of testQueries(model)) {
    build.tests.push(await runOrExplain(log.client, model, query));
  }
  const failures = build.tests.filter((test) => test.count > 0);
  if (failures.length > 0) throw new ModelTestError(model.file, failures);

  Object.assign(build, await publish());
  await applyMetadata(log, model);
  await onPublished(log.client);
  if (incremental !== undefined) await writeModelFiles(log.client, model.id, files);
}

/**
 * Creates a model's candidate in `pg_temp`.
 *
 * @returns A function that publishes the candidate, and returns whether anything changed, and the rows of a table.
 */
async function makeCandidate(
  log: StatementLog,
  model: Model,
  columns: readonly RelationColumn[],
  build: ModelBuild,
  { files, dependents }: { files: readonly ModelFile[]; dependents: DependentModels },
): Promise<() => Promise<Pick<ModelBuild, 'published' | 'rows'>>> {
  const name = quote(model.name);
  const candidate = `pg_temp.${name}`;
  if (model.materialized === 'view') {
    await log.run(`create temp view ${name} as\n${model.query.sql}`);
    return async () => {
      const published = await publishView(log, model, columns, dependents);
      await log.run(`drop view ${candidate}`);
      return { published, rows: null };
    };
  }
  const rows = await log.runPlanned(
    `create temp table ${name} on commit drop as\n${model.query.sql}`,
  );
  build.rows = rows;
  await log.run(`analyze ${candidate}`);
  await checkSlices(log, model, candidate, wholeSlices(model, files));
  return async () => ({
    published: await publishTable(log, model, columns, rows, dependents),
    rows,
  });
}

/**
 * The condition that every row of a complete incremental model must meet, as SQL.
 *
 * @param files - A row may lack its slice only where a file has events without a time.
 */
function wholeSlices({ incremental }: Model, files: readonly ModelFile[]): string {
  if (incremental === undefined) return 'true';
  const slice = quote(incremental.slice);
  if (incremental.by === 'file') return `${slice} is not null`;
  const isFirstDay = `${slice} = date_trunc('${incremental.by}', ${slice}::timestamp)::date`;
  const hasUntimed = files.some(({ days }) => days.includes(null));
  return hasUntimed ? `(${slice} is null or ${isFirstDay})` : isFirstDay;
}

async function runOrExplain(
  client: PoolClient,
  model: Model,
  query: TestQuery,
): Promise<TestResult> {
  try {
    return await runTest(client, query);
  } catch (cause) {
    const state = sqlstateOf(cause);
    if (state === undefined || state === sqlstate.queryCanceled) throw cause;
    const message = `Postgres refuses the test "${query.name}"`;
    const { offset } = query;
    const where = offset === undefined ? model.file : placeIn(model.file, model.text, offset);
    throw new DaybookError('MODEL_FAILED', message, { where, cause });
  }
}

/** The query's columns; an error of Postgres gets its place in the model's file. */
async function describeModel(client: PoolClient, model: Model): Promise<DescribedQuery> {
  try {
    return await describeQuery(client, model.query.sql);
  } catch (cause) {
    const state = sqlstateOf(cause);
    const position = Number((cause as { position?: string }).position ?? 0);
    if (state === undefined || position <= describePrefix.length) throw cause;
    const inQuery = offsetOfCodePoint(model.query.sql, position - describePrefix.length - 1);
    const offset = model.query.start + inQuery;
    throw refused(model, placeIn(model.file, model.text, offset), cause);
  }
}
