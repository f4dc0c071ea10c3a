// Jobs of the renderer, their results, limits and messages.

import type { ErrorCode } from '../../errors.js';
import type { FigureFile, FigureJob } from './figure-file.js';
import type { ComparedFigure } from './compared-figures.js';
import type { Difference } from './page-values.js';
import type { LineageInput, LineageTables } from './column-lineage.js';
import type { Reason } from './pieces.js';
import type { CodeJob, RenderedCode } from './rendered-code.js';
import type { NotebookJob, RenderedNotebook } from './rendered-notebook.js';

/** Two runs of a notebook to compare. */
export interface ComparisonJob {
  readonly kind: 'comparison';
  /** The notebook's name in error messages. */
  readonly name: string;
  /** The executed notebooks: JSON text in UTF-8, in parts. */
  readonly before: readonly Uint8Array[];
  readonly after: readonly Uint8Array[];
  /** Whether the pictures of their charts are wanted, too. */
  readonly hasPictures?: boolean;
}

/** The differences between two runs. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** The number of values of the later run. */
  readonly valueCount: number;
  /** The charts of both in the order of the later run. */
  readonly figures: readonly ComparedFigure[];
}

/** Queries whose column lineage is to be traced. */
export interface LineageJob extends LineageInput {
  readonly kind: 'lineage';
}

/** A job of the rendering process. */
export type RenderJob = NotebookJob | ComparisonJob | FigureJob | LineageJob | CodeJob;

/** The result of each kind of job. */
export interface RenderResults {
  readonly notebook: RenderedNotebook;
  readonly comparison: Comparison;
  readonly figure: FigureFile;
  readonly lineage: LineageTables;
  readonly code: RenderedCode;
}

/** The limits of a piece, and of a job as a whole. */
export interface RenderLimits {
  /** Processor time of one piece, in milliseconds. */
  readonly pieceMs: number;
  /** Processor time of the whole job, in milliseconds. */
  readonly jobMs: number;
  /** Memory of the thread, in MiB. */
  readonly memory: number;
}

/** A job for the process, which does one at a time. */
export interface RenderOrder {
  readonly job: RenderJob;
  /** The pieces that are known to exceed their limits. */
  readonly plain: ReadonlyMap<string, Reason>;
  /** Whether the process reports each piece before it begins, because it may be killed by one. */
  readonly isWatched: boolean;
}

/** An invalid document, or a fault of the renderer. */
export interface RenderFailure {
  /** Undefined: a fault of the renderer. */
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

/** Messages of the process: any number of notices, then one final message. */
export type RenderMessage =
  /** A piece begins. */
  | { readonly begin: string }
  /** A piece failed, and is shown as text. */
  | { readonly fault: string; readonly message: string }
  /** A piece is slow. */
  | { readonly slow: true }
  | { readonly done: RenderResults[RenderJob['kind']] }
  | { readonly failed: RenderFailure }
  /** A piece exceeded its limit, and the job was stopped. */
  | { readonly cut: string; readonly reason: Reason };
