import type { Pool } from 'pg';
import { bounded } from '../bounded.js';
import { inOrder } from '../models/graph.js';
import type { Model } from '../models/model.js';
import type { ModelReport, PipelineEvent } from '../pipeline-event.js';
import type { RunRecord } from '../runs/run-record.js';
import { toTaskError } from '../task-error.js';
import { buildModel, type ModelBuild } from './build-model.js';

/** What running models needs. */
export interface RunModelsOptions {
  readonly pool: Pool;
  readonly record: RunRecord;
  /** Models in work at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PipelineEvent) => void;
}

/**
 * Builds models in the order of what they read, independent ones side by side. A failure marks all
 * that read the model, directly or through others, as `upstream_failed`; the rest goes on.
 *
 * @param models - Those to build; what else they read must be there.
 * @returns One report for each, in the order in which they ended.
 */
export async function runModels(
  models: readonly Model[],
  options: RunModelsOptions,
): Promise<ModelReport[]> {
  const { record, onEvent, jobs, signal } = options;
  const viewQueries = new Map(
    models.filter((model) => model.materialized === 'view').map(({ id, sql }) => [id, sql]),
  );
  const gate = bounded(jobs);
  const reports: ModelReport[] = [];
  const ends = new Map<string, Promise<ModelReport>>();

  const runOne = async (model: Model): Promise<ModelReport> => {
    const read = await Promise.all(model.reads.flatMap((id) => ends.get(id) ?? []));
    const isBlocked = read.some(({ status }) => status !== 'passed' && status !== 'unchanged');
    const report = await gate(() => {
      if (signal.aborted) return settle(model, 'skipped', record);
      if (isBlocked) return settle(model, 'upstream_failed', record);
      return build(model, viewQueries, options);
    });
    reports.push(report);
    onEvent({ type: 'model_finished', ...report });
    return report;
  };
  for (const model of inOrder(models)) ends.set(model.id, runOne(model));
  // All of them come to an end before the run does, whatever happens to one.
  const settled = await Promise.allSettled(ends.values());
  signal.throwIfAborted();
  for (const end of settled) if (end.status === 'rejected') throw end.reason;
  return reports;
}

/** The kind of task that a model is. */
export function taskKind(model: Model): 'model' | 'view' {
  return model.materialized === 'view' ? 'view' : 'model';
}

async function settle(
  model: Model,
  status: 'skipped' | 'upstream_failed',
  record: RunRecord,
): Promise<ModelReport> {
  await record.taskRan(model.id, taskKind(model), { status, rowCount: null, sql: null }, 0);
  return { model: model.id, status, rows: null, durationMs: 0 };
}

async function build(
  model: Model,
  viewQueries: ReadonlyMap<string, string>,
  { pool, record, signal, onEvent }: RunModelsOptions,
): Promise<ModelReport> {
  onEvent({ type: 'model_started', model: model.id });
  await record.taskStarted(model.id, taskKind(model));
  const built: ModelBuild = { published: false, rows: null, sql: '', tests: [] };
  const started = performance.now();
  let report: ModelReport;
  try {
    await buildModel(pool, model, built, { signal, viewQueries });
    const status = built.published ? 'passed' : 'unchanged';
    const durationMs = performance.now() - started;
    report = { model: model.id, status, rows: built.rows, durationMs };
  } catch (thrown) {
    const error = toTaskError(thrown);
    const durationMs = performance.now() - started;
    report = { model: model.id, status: 'failed', rows: built.rows, durationMs, error };
  }
  const { status, rows: rowCount, error, durationMs } = report;
  await record.taskRan(
    model.id,
    taskKind(model),
    { status, rowCount, sql: built.sql, error },
    durationMs,
  );
  for (const test of built.tests) {
    const failed = test.count > 0;
    const result = {
      status: failed ? 'failed' : 'passed',
      rowCount: test.count,
      sql: test.sql,
    } as const;
    await record.taskRan(`${model.id}:${test.test}`, 'test', result, test.durationMs);
  }
  return report;
}
