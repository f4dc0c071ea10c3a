// This folder has the differences between kernels: how they report failures (this file), and by which rules the
// types of their cells are checked (type-rules.ts).
import type { NotebookFailure } from '../document/failure.js';
import { locateError } from '../../tslab/error-position.js';
import { readLateError, readReportedError, typeErrorName } from '../../tslab/reported-error.js';
import type { KernelInfo } from '../../jupyter/kernel.js';

/** A failure of a cell, and how it appears in the cell's outputs. */
export interface CellReport {
  readonly failure: Omit<NotebookFailure, 'cell' | 'cellId'>;
  /** Lines for the end of the traceback. */
  readonly details: readonly string[];
  /** Parts of the cell's stderr that the error output replaces. */
  readonly stderrTexts: readonly string[];
  /** Whether an error output from the kernel stays or is replaced; undefined: there was none. */
  readonly shown?: 'stays' | 'replaced';
}

/** A failed cell, with what is needed to locate the error. */
export interface FailedCell {
  readonly source: string;
  /** Imported names that are types only. */
  readonly typeImports: ReadonlySet<string>;
  /** The sources of the cells that ran before it. */
  readonly earlierSources: readonly string[];
  /** Its stderr, message by message. */
  readonly stderr: readonly string[];
}

/** The deviations of a kernel from the Jupyter protocol. */
export interface KernelDialect {
  /** The failure that a cell's stderr reports instead of a message; undefined: none. */
  readonly failureOf: (cell: FailedCell) => CellReport | undefined;
  /** The unhandled exception that a part of stderr reports; undefined: none. */
  readonly lateErrorOf: (text: string) => CellReport | undefined;
  /** Whether such exceptions may follow the message that the cell is done, so that the run waits for them. */
  readonly settles: boolean;
}

/** tslab, which reports failures on stderr only. */
export const tslabDialect: KernelDialect = {
  failureOf(cell) {
    const reported = readReportedError(cell.stderr);
    if (reported === undefined) return undefined;
    const { ename, evalue, texts: stderrTexts } = reported;
    const isTypeError = ename === typeErrorName;
    const { position, stack } = isTypeError
      ? { position: reported.position, stack: [] }
      : locateError(reported.stack, cell);
    return {
      failure: { kind: isTypeError ? 'type-error' : 'error', ename, evalue, ...position },
      details: stack,
      stderrTexts,
    };
  },
  lateErrorOf(text) {
    const error = readLateError(text);
    if (error === undefined) return undefined;
    // The stack does not identify the cell.
    const { stack } = locateError(error.stack, undefined);
    return {
      failure: { kind: 'late-error', ename: error.ename, evalue: error.evalue },
      details: [
        'No cell was waiting for this: a timer, an event or a promise of this cell or of an earlier',
        'one threw it.',
        ...(stack.length === 0 ? [] : ['', ...stack]),
      ],
      stderrTexts: error.texts,
    };
  },
  settles: true,
};

/** Kernels that report all failures by messages: Daybook's own, ipykernel and others. */
const jupyterDialect: KernelDialect = {
  failureOf: () => undefined,
  lateErrorOf: () => undefined,
  settles: false,
};

/** The dialect of a kernel, by its `kernel_info_reply`. */
export function dialectOf({ implementation }: KernelInfo): KernelDialect {
  return implementation === 'tslab' ? tslabDialect : jupyterDialect;
}
