// Building of all models of a run in the order of the graph, concurrently.

import type { Pool, PoolClient } from 'pg';
import { withTransaction } from '../../warehouse/query/transaction.js';
import {
  decide,
  inputVersions,
  tablesBehind,
  type Decision,
  type Versions,
} from '../plan/decide.js';
import { inOrder } from '../project/graph.js';
import { definitionDigest, metadataDigest } from '../definitions/digests.js';
import { relationId, type Model } from '../definitions/model.js';
import type { Period } from '../definitions/period.js';
import type { PipelineEvent } from '../pipeline-event.js';
import {
  lockModel,
  ModelChanged,
  readModelStates,
  writeModelState,
  type ModelState,
} from '../../history/models/model-states.js';
import { withRetries } from '../retry.js';
import type { TaskExecutor } from '../task-executor.js';
import type { RunRecord } from '../../history/runs/run-record.js';
import { toTaskError } from '../../history/reports/task-error.js';
import { summarizeBlocks } from './analyze-source.js';
import { applyMetadata } from './publish/apply-metadata.js';
import { buildModel, type ModelBuild } from './build-model.js';
import type { DependentModels } from './publish/replace-relation.js';
import { StatementLog } from './publish/statement-log.js';
import type { ModelReport } from '../../history/reports/pipeline-report.js';

/** Options of {@link runModels}. */
export interface RunModelsOptions {
  readonly pool: Pool;
  readonly record: RunRecord;
  /** The versions after loading. */
  readonly versions: Versions;
  /** All models of the project by `schema.name`, also those that are not selected. */
  readonly known: ReadonlySet<string>;
  /** Models that other processes of this run have dealt with: they are left alone unless their files have changed. */
  readonly done: ReadonlySet<string>;
  /** Builds unchanged models, too. */
  readonly fullRefresh: boolean;
  /** A period whose slices of incremental models are built again. Default: none. */
  readonly again?: Period | undefined;
  readonly executor: TaskExecutor;
  /** It is one task of a run that another process leads, which does what belongs to the run as a whole. */
  readonly isTask?: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PipelineEvent) => void;
}

/**
 * Builds models in topological order, independent ones concurrently. A model whose file and inputs are unchanged
 * is kept. A failure marks all descendants as `upstream_failed`; the rest continues.
 *
 * @param models - The selected models; their other inputs must exist.
 * @returns A report for each, in the order of their ends.
 */
export async function runModels(
  models: readonly Model[],
  options: RunModelsOptions,
): Promise<ModelReport[]> {
  const { record, onEvent, signal } = options;
  const work = new ModelWork(models, options);
  const reports: ModelReport[] = [];
  const ends = new Map<string, Promise<ModelReport>>();

  const runOne = async (model: Model): Promise<ModelReport> => {
    const read = await Promise.all(model.reads.flatMap((id) => ends.get(id) ?? []));
    const report = await work.run(model, read);
    reports.push(report);
    onEvent({ type: 'model_finished', ...report });
    return report;
  };
  for (const model of inOrder(models)) ends.set(model.id, runOne(model));
  // All builds settle before the run ends, whatever fails.
  const settled = await Promise.allSettled(ends.values());
  await work.finished();
  const notBuiltAtAll = reports.filter(({ isBuilt }) => !isBuilt);
  if (options.isTask !== true || notBuiltAtAll.length > 0) await record.tasksNotRun(notBuiltAtAll);
  signal.throwIfAborted();
  for (const end of settled) if (end.status === 'rejected') throw end.reason;
  return reports;
}

/** The kind of task of a model. */
export function taskKind(model: Model): 'model' | 'view' {
  return model.materialized === 'view' ? 'view' : 'model';
}

/** The models of a run, with the states of published ones. */
class ModelWork {
  readonly #options: RunModelsOptions;
  readonly #dependents: DependentModels;
  /** Updated with each build, so that a model sees the new versions of its inputs. */
  readonly #states: Map<string, ModelState>;
  /** The next run will look up single files. */
  #summaries: Promise<void> | undefined;

  constructor(models: readonly Model[], options: RunModelsOptions) {
    this.#options = options;
    this.#states = new Map(options.versions.models);
    const views = models.filter((model) => model.materialized === 'view');
    const retired = [...this.#states.keys()].filter((id) => !options.known.has(id));
    this.#dependents = {
      viewQueries: new Map(views.map(({ id, query }) => [id, query.sql])),
      retired: new Set(retired),
    };
  }

  /** Waits for concurrent maintenance. */
  async finished(): Promise<void> {
    await this.#summaries;
  }

  get #versions(): Versions {
    return { ...this.#options.versions, models: this.#states };
  }

  /** @param read - The reports of the model's inputs. */
  async run(model: Model, read: readonly ModelReport[]): Promise<ModelReport> {
    const { signal } = this.#options;
    if (signal.aborted) return notBuilt(model, 'skipped', 'the run was stopped');
    const blocking = read.filter(({ status }) => status !== 'passed' && status !== 'unchanged');
    if (blocking.length > 0) {
      const reason = `${blocking.map((report) => report.model).join(', ')} could not be built`;
      return notBuilt(model, 'upstream_failed', reason);
    }
    const decision = this.#isDone(model)
      ? ({ action: 'keep', reason: 'another process of this run has dealt with it' } as const)
      : this.#decide(model);
    if (decision.action !== 'keep') return this.#execute(model, decision);
    const rows = this.#states.get(model.id)?.rows ?? null;
    return { ...notBuilt(model, 'unchanged', decision.reason), rows };
  }

  /** The decision for a model; where a period is built again, its slices are. */
  #decide(model: Model): Decision {
    const { fullRefresh, again } = this.#options;
    const decision = decide(model, this.#versions, fullRefresh);
    if (again === undefined || model.incremental === undefined || decision.action === 'build') {
      return decision;
    }
    return {
      action: 'extend',
      reason: `its slices from ${again.from} to ${again.to} are asked for`,
    };
  }

  async #execute(model: Model, decision: Decision): Promise<ModelReport> {
    const { executor, pool, fullRefresh, signal, versions, isTask } = this.#options;
    const { id } = model;
    if (isTask !== true) {
      this.#summaries ??= summarizeBlocks(pool, [...versions.files.keys()], signal);
    }
    const definition = definitionDigest(model);
    const here = { isUsed: false };
    const report = await executor.model(
      { kind: 'model', name: id, definition, fullRefresh },
      async () => {
        here.isUsed = true;
        if (signal.aborted) return notBuilt(model, 'skipped', 'the run was stopped');
        return this.#build(model, decision);
      },
    );
    if (!here.isUsed) {
      const state = (await readModelStates(pool, id)).get(id);
      if (state === undefined) this.#states.delete(id);
      else this.#states.set(id, state);
    }
    return report;
  }

  #isDone(model: Model): boolean {
    const state = this.#states.get(model.id);
    return (
      this.#options.done.has(model.id) &&
      state?.isPresent === true &&
      state.definition === definitionDigest(model)
    );
  }

  async #build(model: Model, first: Decision): Promise<ModelReport> {
    const { record, onEvent, signal } = this.#options;
    let decision = first;
    const kind = taskKind(model);
    onEvent({ type: 'model_started', model: model.id });
    await record.taskStarted(model.id, kind);
    const started = performance.now();
    let built = nothingBuilt();
    let attempt = 1;
    let end: Pick<ModelReport, 'status' | 'error'>;
    try {
      const work = async (number: number): Promise<void> => {
        attempt = number;
        for (;;) {
          built = nothingBuilt();
          try {
            if (decision.action === 'describe') await this.#describe(model, built);
            else if (decision.action !== 'keep')
              await this.#publish(model, built, decision.action === 'extend');
            return;
          } catch (error) {
            if (!(error instanceof ModelChanged)) throw error;
            if (error.state === undefined) this.#states.delete(model.id);
            else this.#states.set(model.id, error.state);
            decision = this.#decide(model);
          }
        }
      };
      const onRetry = (failed: number, error: unknown, delayMs: number): void => {
        const retried = { task: model.id, attempt: failed, error: toTaskError(error), delayMs };
        onEvent({ type: 'task_retried', ...retried });
      };
      await withRetries(work, { signal, onRetry });
      end = { status: built.published ? 'passed' : 'unchanged' };
    } catch (thrown) {
      end = { status: 'failed', error: toTaskError(thrown) };
    }
    const durationMs = performance.now() - started;
    if (decision.action === 'keep') built.rows = this.#states.get(model.id)?.rows ?? null;
    const { rows, sql, plan } = built;
    const { reason } = decision;
    const result = { ...end, reason, attempt, rowCount: rows, sql, plan };
    await record.taskRan(model.id, kind, result, durationMs);
    for (const test of built.tests) {
      const status = test.count > 0 ? 'failed' : 'passed';
      const testResult = { status, rowCount: test.count, sql: test.sql } as const;
      await record.taskRan(`${model.id}:${test.test}`, 'test', testResult, test.durationMs);
    }
    return { model: model.id, isBuilt: true, reason, rows, durationMs, ...end };
  }

  async #publish(model: Model, built: ModelBuild, extend: boolean): Promise<void> {
    const { pool, signal, record } = this.#options;
    const old = this.#states.get(model.id);
    const inputs = inputVersions(model, this.#versions);
    const onPublished = async (client: PoolClient): Promise<void> => {
      const isSame = old?.isPresent === true && old.definition !== '' && !built.published;
      const version = isSame ? old.version : String(record.runId);
      const state = await writeModelState(client, model.id, {
        ...describedModel(model),
        ...{ inputs, version, rows: built.rows },
      });
      this.#states.set(model.id, state);
      await record.checkClaim(client);
    };
    const dependents = this.#dependents;
    const from = model.incremental && relationId(model.incremental.from);
    const sources = from === undefined ? [] : tablesBehind(from, this.#versions);
    const lock = async (client: PoolClient): Promise<void> => {
      await record.checkClaim(client);
      await lockModel(client, model.id, old);
    };
    const more = { dependents, extend, again: this.#options.again, sources, lock, onPublished };
    await buildModel(pool, model, built, { signal, ...more });
  }

  /** Updates comments and indexes of a model whose rows stay. */
  async #describe(model: Model, built: ModelBuild): Promise<void> {
    const { pool, signal, record } = this.#options;
    const old = this.#states.get(model.id);
    if (old === undefined) return;
    built.rows = old.rows;
    await withTransaction(pool, async (client) => {
      await record.checkClaim(client);
      await lockModel(client, model.id, old);
      const log = new StatementLog(client, signal);
      await applyMetadata(log, model);
      built.sql = log.sql;
      this.#states.set(
        model.id,
        await writeModelState(client, model.id, { ...old, ...describedModel(model) }),
      );
    });
  }
}

/** The part of a model's state that its own file determines. */
function describedModel(
  model: Model,
): Pick<ModelState, 'materialized' | 'definition' | 'metadata'> {
  const { materialized } = model;
  return { materialized, definition: definitionDigest(model), metadata: metadataDigest(model) };
}

function nothingBuilt(): ModelBuild {
  return { published: false, rows: null, sql: '', plan: null, tests: [] };
}

function notBuilt(model: Model, status: ModelReport['status'], reason: string): ModelReport {
  return { model: model.id, status, isBuilt: false, reason, rows: null, durationMs: 0 };
}
