// Failures of notebook runs.

import type { ErrorOutput } from '../../nbformat/notebook.js';
import { codeFrame } from '../../text/code-frame.js';

/**
 * The kind of a failure. `error`: a cell threw; `type-error`: it does not type-check; `late-error`: an unhandled
 * exception of a timer, event or promise; `not-run`: the kernel refused to run the cell; `memory-limit`: its
 * kernel exceeded the limit; `kernel`: no kernel could be started; `notebook`: the file is invalid; `parameters`:
 * invalid values; `dependency`: a notebook that it comes after failed.
 */
export type FailureKind =
  | 'error'
  | 'type-error'
  | 'late-error'
  | 'cell-timeout'
  | 'notebook-timeout'
  | 'input-requested'
  | 'kernel-died'
  | 'memory-limit'
  | 'not-run'
  | 'kernel'
  | 'notebook'
  | 'parameters'
  | 'dependency';

/** A failure of a notebook's run with its position. */
export interface NotebookFailure {
  readonly kind: FailureKind;
  /** Number of the cell among all cells of the notebook, from 1. */
  readonly cell?: number;
  readonly cellId?: string | undefined;
  /** Line and column of the cell's source, from 1, when they are known. */
  readonly line?: number;
  readonly column?: number;
  /** The error's name: `TypeError`, `TS2322`, `CellTimeout`. */
  readonly ename: string;
  /** The error's message. */
  readonly evalue: string;
}

/**
 * The failure as the `error` output of its cell: name, message, the lines around, and the stack.
 *
 * @param source - The cell's source.
 * @param details - Lines for the end of the traceback: the stack, the kernel's own output.
 */
export function errorOutput(
  failure: NotebookFailure,
  source: string,
  details: readonly string[] = [],
): ErrorOutput {
  const { ename, evalue, line, column } = failure;
  const frame = line === undefined ? [] : ['', ...codeFrame(source, { line, column })];
  return {
    output_type: 'error',
    ename,
    evalue,
    traceback: [
      ...headline(failure).split('\n'),
      ...frame,
      ...(details.length === 0 ? [] : ['', ...details]),
    ],
  };
}

/** `TypeError: message`. */
export function headline(failure: Pick<NotebookFailure, 'ename' | 'evalue'>): string {
  return failure.evalue === '' ? failure.ename : `${failure.ename}: ${failure.evalue}`;
}
