import type { Pool } from 'pg';
import type { Config, Environment } from '../config/config.js';
import type { Logger } from '../logger.js';
import type { CheckedNotebook, NotebookToCheck } from './document/type-problem.js';
import type { GivenParameters } from './parameters/given-parameters.js';
import type { RunEvent } from './report/run-report.js';

/** How the cells of a notebook are executed. */
export interface ExecutionSettings {
  /** Milliseconds that one cell may take. Default: no limit. */
  readonly cellTimeout?: number | undefined;
  /** Milliseconds that one notebook may take. Default: no limit. */
  readonly timeout?: number | undefined;
  /** Goes on after cells that fail: all, or only with errors of these names. Default false. */
  readonly allowErrors?: boolean | readonly string[];
  /** Ends a notebook at any error, whatever is allowed and tagged. Default false. */
  readonly forceRaiseErrors?: boolean;
  /** Characters of output that a cell keeps. */
  readonly outputLimit?: number;
  readonly limits?: Partial<CellLimits>;
}

/** How long a kernel may take, in milliseconds. */
export interface CellLimits {
  /** After the reply, how long iopub may be silent before `idle` counts as lost. */
  readonly idleTimeout: number;
  /** After an interrupt, how long the cell may take to end before its kernel is ended. */
  readonly interruptGrace: number;
  /** How long a kernel may refuse to run a cell because an earlier one failed. */
  readonly abortTimeout: number;
}

/** How much memory kernels may take, in bytes. */
export interface MemoryLimits {
  /** All of a run together: others are started only while there is room. */
  readonly together: number;
  /** One alone: it is ended when it takes more. */
  readonly each: number;
}

/** What is asked of a run of notebooks. One value, which each step of the run gets whole. */
export interface NotebookRunSettings extends ExecutionSettings {
  readonly config: Config;
  /** The environment of this process; kernels get what is theirs of it. */
  readonly env: Environment;
  /** Notebooks and folders, absolute. Default: the whole collection, `notebooks/`. */
  readonly paths?: readonly string[];
  /** The open warehouse. Default: opened if it is needed, and closed again. */
  readonly warehouse?: { readonly owner: Pool; readonly readerUrl: string };
  /** Adds the runs to the publication. Default true. */
  readonly publish?: boolean;
  /** Values of parameters for each run of the notebooks that declare them. Default: one run, none. */
  readonly parameters?: readonly GivenParameters[];
  /** Runs notebooks although nothing that they depend on has changed. Default false. */
  readonly force?: boolean;
  /** Skips notebooks whose last run passed, whatever has changed. Default false. */
  readonly onlyFailed?: boolean;
  /** Gives values that have no page yet one of their own. Default: only existing pages are renewed. */
  readonly newPages?: boolean;
  /** Skips all other notebooks; paths from the root, with their variants. Default: none is skipped. */
  readonly only?: ReadonlySet<string>;
  /** Notebooks that run at once. Default: as many as there are cores. */
  readonly jobs?: number | undefined;
  /** How much memory kernels may take. Default: no limit. */
  readonly memory?: MemoryLimits | undefined;
  /** Where executed notebooks are written, absolute: a file ending in `.ipynb`, or a folder. */
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

/** Checks notebooks, and resolves to what was found in each as soon as it is. */
export type NotebookCheck = (
  notebooks: readonly NotebookToCheck[],
  options: { readonly env: Environment; readonly signal?: AbortSignal | undefined },
) => Promise<CheckedNotebook>[];
