// What a pipeline run is asked to do: a new option of runs is declared here.

import type { Period } from './definitions/period.js';
import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import type { Notice } from '../history/reports/pipeline-report.js';
import type { Logger } from '../logger.js';
import type { GivenLimits } from './load/limits/source-limits.js';
import type { PipelineEvent } from './pipeline-event.js';
import type { TaskExecutor } from './task-executor.js';

/** A run whose tasks are to be done. */
export interface LedRun {
  readonly runId: number;
  /** Does tasks in this process. */
  readonly here: TaskExecutor;
  readonly signal: AbortSignal;
}

/** Options of `runPipeline`. */
export interface RunPipelineOptions extends GivenLimits {
  /** An open warehouse; the owner's connections are used. */
  warehouse: { readonly owner: Pool };
  config: Config;
  /** The data folder. Default: that of the configuration. */
  dataDir?: string | undefined;
  /** Models to build, see `selectModels`; empty: all. */
  select?: readonly string[];
  /** Loads files and builds nothing, or builds models of what is loaded. Default: both. */
  only?: 'load' | 'models' | undefined;
  /** The key of a run that several processes share: with the same key they are one run. Default: none. */
  runKey?: string | undefined;
  /** The most time to wait for another run, in milliseconds. Default: as long as it takes. */
  waitMs?: number | undefined;
  /** Loads every file and builds every model, changed or not. Default false. */
  fullRefresh?: boolean;
  /**
   * Only of this period: of the files that are not loaded yet, those are whose names have a date in it, and incremental
   * models build its slices again. Default: everything.
   */
  period?: Period | undefined;
  /** The trigger, for the history. Default `command`. */
  trigger?: string | undefined;
  /** Writes the types of the tables into the project. Default true. */
  writeTypes?: boolean;
  /** Finds the lines of notebooks that do not fit the tables any more, once the types of these are written. */
  findMisfits?: (() => Promise<readonly Notice[]>) | undefined;
  /** The version of the project's code, for the history. */
  codeVersion?: string | undefined;
  /** Concurrent files, and then models. Default: the number of processors, between 2 and 4. */
  jobs?: number;
  /** Who does the tasks of the run. Default: this process. */
  executor?: ((run: LedRun) => TaskExecutor) | undefined;
  /** Whether another process goes on with the run after this error, so that it has not ended. Default: never. */
  isLeftToOthers?: ((error: unknown) => boolean) | undefined;
  onEvent?: (event: PipelineEvent) => void;
  /** Aborts the run; work in progress is rolled back. */
  signal?: AbortSignal;
  logger?: Logger;
}
