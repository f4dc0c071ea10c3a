// This folder has what differs between kernels: how they report failures (this file), and
// by which rules the types of their cells are checked (type-rules.ts).
import type { NotebookFailure } from '../document/failure.js';
import { locateError } from '../../tslab/error-position.js';
import { readLateError, readReportedError, typeErrorName } from '../../tslab/reported-error.js';
import type { KernelInfo } from '../../jupyter/kernel.js';

/** A failure of a cell, and what has to be done to show it in the cell's outputs. */
export interface CellReport {
  readonly failure: Omit<NotebookFailure, 'cell' | 'cellId'>;
  /** For the end of the traceback. */
  readonly details: readonly string[];
  /** Pieces of the cell's stderr that reported it, and that the error output replaces. */
  readonly stderrTexts: readonly string[];
  /** What becomes of an error output that the kernel has sent: it stays, or this one takes its place. */
  readonly shown?: 'stays' | 'replaced';
}

/** A cell that failed, as far as it takes to find the line. */
export interface FailedCell {
  readonly source: string;
  /** Imported names that are types only. */
  readonly typeImports: ReadonlySet<string>;
  /** The sources of the cells that ran before it. */
  readonly earlierSources: readonly string[];
  /** What it wrote to stderr, message by message. */
  readonly stderr: readonly string[];
}

/** What a kernel says in another way than by the messages of the Jupyter protocol. */
export interface KernelDialect {
  /** The failure that a cell's stderr reports, where no message does; undefined: it reports none. */
  readonly failureOf: (cell: FailedCell) => CellReport | undefined;
  /** The exception that no cell awaited, if that is what a piece of stderr reports. */
  readonly lateErrorOf: (text: string) => CellReport | undefined;
  /** Whether such exceptions come after the message that the cell is done, so that they are waited for. */
  readonly settles: boolean;
}

/** tslab, whose stderr is the only report of a failure. */
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
    // The stack does not say which cell's script it is of.
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

/** A kernel that reports all failures by messages: Daybook's own, ipykernel and others. */
const jupyterDialect: KernelDialect = {
  failureOf: () => undefined,
  lateErrorOf: () => undefined,
  settles: false,
};

/** The dialect of a kernel, by what it says of itself. */
export function dialectOf({ implementation }: KernelInfo): KernelDialect {
  return implementation === 'tslab' ? tslabDialect : jupyterDialect;
}
