// This folder has what differs between kernels: how they report failures (this file, chosen in choose-dialect.ts), and
// by which rules the types of their cells are checked (type-rules.ts).

import type { NotebookFailure } from '../document/failure.js';

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
