// This folder reports on runs: values and events (this file), lines of a terminal (progress.ts,
// failure-message.ts), JUnit XML and JSON (write-report.ts), messages for a webhook (notification.ts).

import type { NotebookFailure } from '../document/failure.js';
import type { ParameterValue } from '../parameters/parameter-type.js';
import type { TypeProblem } from '../document/type-problem.js';

/** The status of a cell; `not-run`: an earlier cell failed, or the kernel refused it. */
export type CellStatus = 'passed' | 'failed' | 'skipped' | 'not-run';

/**
 * The status of a notebook; `unchanged`: its inputs are unchanged, so it was not run; `stopped`: by Ctrl-C or a
 * signal.
 */
export type NotebookStatus = 'passed' | 'unchanged' | 'failed' | 'stopped';

/** The result of a code cell; the number counts all cells from 1. */
export interface CellResult {
  readonly cell: number;
  readonly status: CellStatus;
  /** Milliseconds; 0: it was not run. */
  readonly duration: number;
}

/** The outcome of a notebook's run. */
export interface NotebookOutcome {
  readonly status: NotebookStatus;
  /** Of a failed run. */
  readonly failure: NotebookFailure | undefined;
  /** The lines after the failure's headline: code around it, the stack. */
  readonly excerpt: readonly string[];
  /** The type errors, if they are the failure. */
  readonly problems: readonly TypeProblem[];
  /** Of each code cell, in order. */
  readonly cells: readonly CellResult[];
  readonly warnings: readonly string[];
}

/** The result of a notebook, for people, scripts and the publication. */
export interface NotebookResult extends NotebookOutcome {
  /**
   * The path from the project's root, absolute outside of it; with its variant, like `notebooks/churn.ipynb--QC`,
   * where values differ from those in the file.
   */
  readonly path: string;
  /** The parameters of the run, without secret ones. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Why it was run, in a few words; undefined: it was not. */
  readonly reason: string | undefined;
  readonly startedAt: Date;
  /** Milliseconds, including the kernel's start. */
  readonly duration: number;
  /** The run's number in the publication; undefined: not published. */
  readonly runId: number | undefined;
  /** The file of the executed notebook, absolute. */
  readonly output: string | undefined;
  /** The relations that its queries named, where its run was published. */
  readonly reads?: readonly string[];
}

/** A run of several notebooks. */
export interface RunReport {
  readonly status: 'passed' | 'failed';
  /** The run's number for `--resume`; undefined: it was not published. */
  readonly run: number | undefined;
  /** In the order of the collection. */
  readonly notebooks: readonly NotebookResult[];
  /** Milliseconds. */
  readonly duration: number;
}

/** The reason of a notebook whose last run failed. */
export const failedBefore = 'its last run failed';

/** An event of a run in progress. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly paths: readonly string[] }
  | {
      readonly type: 'notebook-planned';
      readonly path: string;
      /** Why it is run; undefined: unchanged. */
      readonly reason: string | undefined;
    }
  | {
      /** Which cells of a notebook (from 1) ran for each of its choices, or why each choice runs by itself. */
      readonly type: 'choices-shared';
      readonly path: string;
      readonly choices: number;
      readonly outcome: { readonly cells: readonly number[] } | { readonly reason: string };
    }
  | {
      readonly type: 'notebook-start';
      readonly path: string;
      readonly cellCount: number;
      /** The duration of its last good run, in milliseconds; undefined: there is none. */
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
