// Executors of a run's ready tasks: this process, or an interface for others.

import pLimit from 'p-limit';
import type { FileReport, ModelReport } from '../history/reports/pipeline-report.js';
import type { ListedObject } from '../storage/list-objects.js';
import type { LogFile } from './extract/files/find-files.js';

/** A file to load, as another process can be told of it. */
export interface FileTask {
  readonly kind: 'file';
  /** Its name in the warehouse. */
  readonly name: string;
  readonly file: Omit<LogFile, 'problem' | 'object'>;
  /** Where it is an object of a store, which each process reaches by its own credentials. */
  readonly object: ListedObject | undefined;
  readonly source: string;
  /** The digest of the source's declaration. */
  readonly definition: string;
  /** The bytes that have to be read; 0: it takes no time. */
  readonly bytes: number;
  /** Loads it from its beginning although it is known; because all files are. */
  readonly refresh: boolean;
  readonly fullRefresh: boolean;
  /** The latest time that an event may have, in milliseconds of Unix; null: any. */
  readonly latest: number | null;
}

/** A model to build, as another process can be told of it. */
export interface ModelTask {
  readonly kind: 'model';
  /** `schema.name`. */
  readonly name: string;
  /** The digest of its file. */
  readonly definition: string;
  readonly fullRefresh: boolean;
}

/** A task whose inputs are there. */
export type ReadyTask = FileTask | ModelTask;

/** The end of a file. */
export interface FileOutcome {
  readonly report: FileReport;
  /** Its lines in the warehouse, if it was loaded. */
  readonly wholeLines?: number;
}

/** Does the ready tasks of a run. The walk through the graph is the same, whoever does them. */
export interface TaskExecutor {
  /**
   * @param here - Does it in this process.
   * @returns Undefined: it is postponed until all other files are loaded.
   */
  file(
    task: FileTask,
    here: () => Promise<FileOutcome | undefined>,
  ): Promise<FileOutcome | undefined>;
  /** @param here - Does it in this process. */
  model(task: ModelTask, here: () => Promise<ModelReport>): Promise<ModelReport>;
}

/**
 * Does all tasks in this process.
 *
 * @param jobs - The number of concurrent tasks.
 */
export function inProcess(jobs: number): TaskExecutor {
  const inTurn = pLimit(jobs);
  return {
    file: (_, here) => inTurn(here),
    model: (_, here) => inTurn(here),
  };
}
