import type { Compilation } from '../../cells/cell-program.js';
import type { Completions } from './complete.js';
import type { Inspection } from './inspect.js';
import type { Completeness } from './is-complete.js';

/** What the kernel asks its compiler, and what the answer to each question is. */
export interface CompilerQuestions {
  /** Begins a session; the folder is the notebook's, absolute. */
  start: { question: { folder: string }; answer: null };
  compile: { question: { source: string }; answer: Compilation };
  /** The cell that was compiled last has run; of what it declares, these names have values. */
  accept: { question: { cell: string; defined: readonly string[] }; answer: null };
  /** Positions count UTF-16 units. */
  complete: { question: { source: string; position: number }; answer: Completions };
  inspect: { question: { source: string; position: number }; answer: Inspection | null };
  isComplete: { question: { source: string }; answer: Completeness };
}

/** The name of a question. */
export type CompilerTopic = keyof CompilerQuestions;

/** A question on its way. */
export interface CompilerRequest<T extends CompilerTopic = CompilerTopic> {
  readonly id: number;
  readonly topic: T;
  readonly question: CompilerQuestions[T]['question'];
}

/** The answer on its way back. */
export type CompilerResponse =
  | { readonly id: number; readonly answer: CompilerQuestions[CompilerTopic]['answer'] }
  | { readonly id: number; readonly error: string };
