// Messages between the kernel and its compiler.

import type { Compilation } from '../../cells/compiled-cell.js';
import type { CellSource } from '../../cells/loaded-cell.js';
import type { FormattedQuery } from '../../cells/sql/format-query.js';
import type { Completions } from './complete.js';
import type { NotebookDiagnostics, NotebookInProgress } from './diagnose.js';
import type { Inspection } from './inspect.js';
import type { Completeness } from './is-complete.js';

/** The requests of the kernel, with their answers. */
export interface CompilerQuestions {
  /** Begins a session; the folder is the notebook's, absolute. */
  start: { question: { folder: string }; answer: null };
  compile: { question: CellSource; answer: Compilation };
  /** The last compiled cell has run; these of its declared names have values. */
  accept: { question: { cell: string; defined: readonly string[] }; answer: null };
  /** Positions count UTF-16 units. */
  complete: { question: CellSource & { position: number }; answer: Completions };
  inspect: { question: CellSource & { position: number }; answer: Inspection | null };
  /** Null: there is no query at the place. */
  format: { question: CellSource & { position: number }; answer: FormattedQuery | null };
  /** Null: another question came before the answer was known. */
  diagnose: { question: NotebookInProgress; answer: NotebookDiagnostics | null };
  isComplete: { question: CellSource; answer: Completeness };
}

/** The name of a request. */
export type CompilerTopic = keyof CompilerQuestions;

/** A request. */
export interface CompilerRequest<T extends CompilerTopic = CompilerTopic> {
  readonly id: number;
  readonly topic: T;
  readonly question: CompilerQuestions[T]['question'];
}

/** The answer to a request. */
export type CompilerResponse =
  | { readonly id: number; readonly answer: CompilerQuestions[CompilerTopic]['answer'] }
  | { readonly id: number; readonly error: string };
