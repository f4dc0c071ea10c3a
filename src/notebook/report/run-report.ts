// This folder says how a run went: as values and events (this file), as lines of a terminal (progress.ts,
// failure-message.ts), as JUnit XML and JSON (write-report.ts), and as a message to a webhook (notification.ts).

import type { NotebookFailure } from '../document/failure.js';
import type { ParameterValue } from '../parameters/parameter-type.js';
import type { TypeProblem } from '../document/type-problem.js';

/** How a cell ended; `not-run`: a cell before it failed, or the kernel refused it. */
export type CellStatus = 'passed' | 'failed' | 'skipped' | 'not-run';

/**
 * How the run of one notebook ended; `unchanged`: what is published is what a run would give, so there
 * was none; `stopped`: by Ctrl-C or a signal.
 */
export type NotebookStatus = 'passed' | 'unchanged' | 'failed' | 'stopped';

/** How a cell of code ended; the number counts all cells from 1. */
export interface CellResult {
  readonly cell: number;
  readonly status: CellStatus;
  /** Milliseconds; 0: it was not run. */
  readonly duration: number;
}

/** How the run of one notebook went. */
export interface NotebookOutcome {
  readonly status: NotebookStatus;
  /** Of a failed run. */
  readonly failure: NotebookFailure | undefined;
  /** What follows the failure's headline: the lines around it, the stack. */
  readonly excerpt: readonly string[];
  /** What the type check found, if that is the failure. */
  readonly problems: readonly TypeProblem[];
  /** Of each cell of code, in order. */
  readonly cells: readonly CellResult[];
  readonly warnings: readonly string[];
}

/** The run of one notebook, for people, scripts and the publication. */
export interface NotebookResult extends NotebookOutcome {
  /**
   * The file, as a path from the project's root; absolute if it lies elsewhere. With its variant,
   * like `notebooks/churn.ipynb--QC`, where it has other values than those in the file.
   */
  readonly path: string;
  /** The parameters that it ran with, but for secret ones. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Why it was run, in a few words; undefined: it was not. */
  readonly reason: string | undefined;
  readonly startedAt: Date;
  /** Milliseconds, the kernel's start included. */
  readonly duration: number;
  /** Number of the run in the publication; undefined: not published. */
  readonly runId: number | undefined;
  /** Where the executed notebook was written, absolute. */
  readonly output: string | undefined;
}

/** A run of several notebooks. */
export interface RunReport {
  readonly status: 'passed' | 'failed';
  /** Its number, for `--resume`; undefined: it was not published. */
  readonly run: number | undefined;
  /** In the order of the collection. */
  readonly notebooks: readonly NotebookResult[];
  /** Milliseconds. */
  readonly duration: number;
}

/** The reason of a notebook whose last run failed. */
export const failedBefore = 'its last run failed';

/** What happens in a run, as it happens. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly paths: readonly string[] }
  | {
      readonly type: 'notebook-planned';
      readonly path: string;
      /** Why it is run; undefined: nothing changed. */
      readonly reason: string | undefined;
    }
  | {
      readonly type: 'notebook-start';
      readonly path: string;
      readonly cellCount: number;
      /** Milliseconds that its last good run took; undefined: there is none. */
      readonly expected: number | undefined;
    }
  | { readonly type: 'cell-start'; readonly path: string; readonly cell: number }
  | {
      readonly type: 'cell-end';
      readonly path: string;
      readonly cell: number;
      readonly status: CellStatus;
      /** Milliseconds. */
      readonly duration: number;
    }
  | { readonly type: 'notebook-end'; readonly result: NotebookResult };
