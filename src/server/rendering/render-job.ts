import type { ErrorCode } from '../../errors.js';
import type { Difference } from './page-values.js';
import type { LineageInput, LineageTables } from './column-lineage.js';
import type { Reason } from './pieces.js';
import type { CodeJob, RenderedCode } from './rendered-code.js';
import type { NotebookJob, RenderedNotebook } from './rendered-notebook.js';

/** Two runs of a notebook whose values are to be compared. */
export interface ComparisonJob {
  readonly kind: 'comparison';
  /** What messages call the notebook. */
  readonly name: string;
  /** The executed notebooks: JSON text in UTF-8, in parts. */
  readonly before: readonly Uint8Array[];
  readonly after: readonly Uint8Array[];
}

/** What changed from one run to another. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** The values of the later run. */
  readonly valueCount: number;
}

/** Queries whose columns are to be traced to the columns that they were made of. */
export interface LineageJob extends LineageInput {
  readonly kind: 'lineage';
}

/** What a process does that reads what notebooks, models and queries hold. */
export type RenderJob = NotebookJob | ComparisonJob | LineageJob | CodeJob;

/** What comes of each kind of job. */
export interface RenderResults {
  readonly notebook: RenderedNotebook;
  readonly comparison: Comparison;
  readonly lineage: LineageTables;
  readonly code: RenderedCode;
}

/** What one piece, and a job as a whole, may take. */
export interface RenderLimits {
  /** Processor time of one piece, in milliseconds. */
  readonly pieceMs: number;
  /** Processor time of all pieces together, in milliseconds. */
  readonly jobMs: number;
  /** Memory of all, in MiB. */
  readonly memory: number;
}

/** A job for the process; it does one at a time. */
export interface RenderOrder {
  readonly job: RenderJob;
  /** The pieces of it that are known to cost too much. */
  readonly plain: ReadonlyMap<string, Reason>;
  /** Whether each piece is to be told of: the process itself may not live to tell which one it was. */
  readonly isWatched: boolean;
}

/** What is wrong with what was to be rendered, or with the program that renders. */
export interface RenderFailure {
  /** Undefined: a fault of the program. */
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

/** What the process says while it is at work: any number of notices, then one end. */
export type RenderMessage =
  /** A piece is begun. */
  | { readonly begin: string }
  /** A piece fails, and is shown as its text. */
  | { readonly fault: string; readonly message: string }
  /** A piece takes longer than most. */
  | { readonly slow: true }
  | { readonly done: RenderResults[RenderJob['kind']] }
  | { readonly failed: RenderFailure }
  /** A piece took too much, and the job was stopped. */
  | { readonly cut: string; readonly reason: Reason };
