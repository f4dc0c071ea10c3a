// One task of a run that another process leads: the same work as in that process, on what the warehouse has now.

import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { DaybookError } from '../errors.js';
import { readLedger } from '../history/files/ledger.js';
import type { ModelReport } from '../history/reports/pipeline-report.js';
import { readRepairedLines } from '../history/rejects/repaired-lines.js';
import type { RunRecord } from '../history/runs/run-record.js';
import { definitionDigest, sourceDigest } from './definitions/digests.js';
import type { EncoderThreads } from './load/encode/encoder-threads.js';
import { limitsBySource, type GivenLimits } from './load/limits/source-limits.js';
import { loadOne } from './load/load-one.js';
import { planLoad } from './plan/load-plan.js';
import { readVersions } from './plan/plan-models.js';
import type { Project } from './project/read-project.js';
import { inProcess, type FileOutcome, type FileTask, type ModelTask } from './task-executor.js';
import { runModels } from './transform/run-models.js';

/** Where a task is done. */
export interface TaskPlace {
  readonly pool: Pool;
  readonly config: Config;
  /** The declarations of this process's project, which must say the same as the leader's. */
  readonly project: Project;
  readonly record: RunRecord;
  readonly signal: AbortSignal;
}

/**
 * Builds a model.
 *
 * @throws DaybookError `PROJECT_DIFFERS`; the reason of `signal`.
 */
export async function runModelTask(task: ModelTask, place: TaskPlace): Promise<ModelReport> {
  const { pool, config, project, record, signal } = place;
  const model = project.models.find(({ id }) => id === task.name);
  if (model === undefined || definitionDigest(model) !== task.definition) {
    throw differs(`the model ${task.name}`);
  }
  const [report] = await runModels([model], {
    ...{ pool, record, signal, executor: inProcess(1), fullRefresh: task.fullRefresh },
    isTask: true,
    known: new Set(project.models.map(({ id }) => id)),
    versions: await readVersions(pool, project.sources, config.project.schemas.loaded),
    done: new Set(),
    onEvent: () => undefined,
  });
  if (report === undefined) throw new Error(`nothing was done about ${task.name}`);
  return report;
}

/**
 * Loads a file. One that would take lines out is left to the run's leader, which knows the balance of all files.
 *
 * @param limits - Those that the run was given.
 * @returns Undefined: it is left to the leader.
 * @throws DaybookError `PROJECT_DIFFERS`; the reason of `signal`.
 */
export async function runFileTask(
  task: FileTask,
  limits: GivenLimits,
  place: TaskPlace & { readonly threads: EncoderThreads },
): Promise<FileOutcome | undefined> {
  const { pool, config, project, record, signal, threads } = place;
  const { fullRefresh, refresh } = task;
  const object = task.object && { ...task.object, store: config.storage };
  const file = { ...task.file, object };
  const latest = task.latest ?? Infinity;
  const source = project.sources.find(({ name }) => name === task.source);
  if (source === undefined || sourceDigest(source) !== task.definition) {
    throw differs(`the source ${task.source}`);
  }
  const ledger = await readLedger(pool, file.name);
  const repairs = await readRepairedLines(pool);
  const limitsOf = limitsBySource(project.sources, config.limits, limits);
  const plan = planLoad([{ file, source }], ledger, [source], fullRefresh, new Map());
  const known = ledger.get(file.name);
  const job = { file, source, known, repairs: repairs.get(file.name), refresh, latest };
  return loadOne(
    job,
    plan,
    {
      ...{ pool, record, signal, threads, fullRefresh, jobs: 1 },
      limitsOf: (name) => ({ ...limitsOf(name), removal: { lines: 0 } }),
      schema: config.project.schemas.loaded,
      onEvent: () => undefined,
    },
    false,
  );
}

function differs(what: string): DaybookError {
  return new DaybookError(
    'PROJECT_DIFFERS',
    `${what} is declared otherwise here than where the run is led`,
    { hint: 'let all workers have the same version of the project' },
  );
}
