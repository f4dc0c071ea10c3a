// Settings of a notebook run, with their defaults.

import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment/env-file.js';
import type { Logger } from '../logger.js';
import type { CheckedNotebook, NotebookToCheck } from './document/type-problem.js';
import type { GivenParameters } from './parameters/given-parameters.js';
import type { RunEvent } from './report/run-report.js';

/** Settings for the execution of cells. */
export interface ExecutionSettings {
  /** The time limit of a cell, in milliseconds. Default: none. */
  readonly cellTimeout?: number | undefined;
  /** The time limit of a notebook, in milliseconds. Default: none. */
  readonly timeout?: number | undefined;
  /** Continues after failed cells: all, or only with errors of these names. Default false. */
  readonly allowErrors?: boolean | readonly string[];
  /** Ends a notebook at any error, whatever is allowed and tagged. Default false. */
  readonly forceRaiseErrors?: boolean;
  /** The output limit of a cell, in characters. */
  readonly outputLimit?: number;
  readonly limits?: Partial<CellLimits>;
}

/** Timeouts of kernels, in milliseconds. */
export interface CellLimits {
  /** The silence on iopub after the reply after which `idle` counts as lost. */
  readonly idleTimeout: number;
  /** The time for a cell to end after an interrupt, before its kernel is killed. */
  readonly interruptGrace: number;
  /** How long a kernel may refuse to run a cell because an earlier one failed. */
  readonly abortTimeout: number;
}

/** Memory limits of kernels, in bytes. */
export interface MemoryLimits {
  /** For all kernels of a run: others start only while there is room. */
  readonly together: number;
  /** For one kernel: it is ended beyond it. */
  readonly each: number;
}

/** The settings of a run of notebooks; each step gets the whole value. */
export interface NotebookRunSettings extends ExecutionSettings {
  readonly config: Config;
  /** The environment of this process; kernels get a part of it. */
  readonly env: Environment;
  /** Notebooks and folders, absolute. Default: the whole collection, `notebooks/`. */
  readonly paths?: readonly string[];
  /** The open warehouse. Default: opened on demand, and closed again. */
  readonly warehouse?: { readonly owner: Pool; readonly readerUrl: string };
  /** Publishes the runs. Default true. */
  readonly publish?: boolean;
  /** Parameter values of each run. Default: one run without any. */
  readonly parameters?: readonly GivenParameters[];
  /** Runs unchanged notebooks, too. Default false. */
  readonly force?: boolean;
  /** Skips notebooks whose last run passed, changed or not. Default false. */
  readonly onlyFailed?: boolean;
  /** Gives values without a page one of their own. Default: only existing pages are renewed. */
  readonly newPages?: boolean;
  /** Runs only these; paths from the root, with their variants. Default: all. */
  readonly only?: ReadonlySet<string>;
  /** The number of concurrent notebooks. Default: the number of cores. */
  readonly jobs?: number | undefined;
  /** Memory limits of kernels. Default: none. */
  readonly memory?: MemoryLimits | undefined;
  /** The output of executed notebooks, absolute: a file ending in `.ipynb`, or a folder. */
  readonly output?: string | undefined;
  /** The version of the project's code. */
  readonly codeVersion?: string | undefined;
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops all kernels; what was executed is still written to the output. */
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
  /** The type check. Default: in a process of its own. */
  readonly check?: NotebookCheck;
}

/** Checks notebooks; each promise resolves to the result of one. */
export type NotebookCheck = (
  notebooks: readonly NotebookToCheck[],
  options: { readonly env: Environment; readonly signal?: AbortSignal | undefined },
) => Promise<CheckedNotebook>[];
