// Execution of one task of a run by a worker.

import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { RunRecord } from '../history/runs/run-record.js';
import type { TaskClaim } from '../history/workers/task-claim.js';
import type { TaskError } from '../history/reports/task-error.js';
import type { EncoderThreads } from '../pipeline/load/encode/encoder-threads.js';
import { readProject, type Project } from '../pipeline/project/read-project.js';
import { runFileTask, runModelTask } from '../pipeline/run-task.js';
import type { TaskAnswer, TaskJob } from './job.js';

/** What a worker's tasks need. */
export interface TaskSite {
  readonly pool: Pool;
  readonly config: Config;
  readonly projects: ProjectsOfRuns;
  readonly threads: EncoderThreads;
}

/** The declarations of the project, read once for each run. */
export class ProjectsOfRuns {
  readonly #config: Config;
  #read: { readonly runId: number; readonly project: Promise<Project> } | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  of(runId: number): Promise<Project> {
    if (this.#read?.runId !== runId) {
      const { root, project } = this.#config;
      this.#read = { runId, project: readProject(root, project.schemas) };
    }
    return this.#read.project;
  }

  /** Reads the declarations anew for the next task: they were not those of its run. */
  forget(): void {
    this.#read = undefined;
  }
}

/** Does a task. @throws As `runModelTask` does. */
export async function doTask(
  { runId, task, limits }: TaskJob,
  claim: TaskClaim,
  signal: AbortSignal,
  { pool, config, projects, threads }: TaskSite,
): Promise<TaskAnswer> {
  const record = RunRecord.ofTask(pool, runId, claim);
  const place = { pool, config, project: await projects.of(runId), record, signal };
  return task.kind === 'model'
    ? { model: await runModelTask(task, place) }
    : { file: (await runFileTask(task, limits, { ...place, threads })) ?? null };
}

/** Why the task failed, if it is worth another attempt; undefined: it is not. */
export function passingError(answer: TaskAnswer): TaskError | undefined {
  const error = 'model' in answer ? answer.model.error : answer.file?.report.error;
  return error?.isTransient === true ? error : undefined;
}
