import type { Notebook } from '../../nbformat/notebook.js';
import { isRunnable } from './execution-metadata.js';

/** A notebook to check. */
export interface NotebookToCheck {
  /** Its path, absolute: its folder decides what imports mean. */
  readonly path: string;
  readonly notebook: Notebook;
}

/** Something that does not type-check. Numbers count from 1. */
export interface TypeProblem {
  /** The cell, or the first one that imports the file. */
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  /** TypeScript's number of the message: 2322. */
  readonly code: number;
  readonly message: string;
  /** The file, when it is not the cell itself, as a path from the notebook's folder. */
  readonly file?: string;
}

/** What the check of one notebook found. */
export interface CheckedNotebook {
  readonly problems: readonly TypeProblem[];
  /** Per cell (by index) the imported names that are types only. */
  readonly typeImports: Readonly<Record<number, readonly string[]>>;
}

/** What is found in a notebook that the compiler cannot take: it does not run, and others are not in its way. */
export function uncheckable({ notebook }: NotebookToCheck, reason: string): CheckedNotebook {
  const message = `the notebook cannot be type-checked: ${reason}`;
  const cell = notebook.cells.findIndex(isRunnable) + 1;
  return { problems: [{ cell, line: 1, column: 1, code: 0, message }], typeImports: {} };
}

/** A problem as one line: `notebooks/churn.ipynb:3:1:7 TS2322 message`; cell, line, column. */
export function formatProblem(path: string, problem: TypeProblem): string {
  const { cell, line, column, code, message, file } = problem;
  const place =
    file === undefined ? `${cell}:${line}:${column}` : `${cell}: ${file}:${line}:${column}`;
  return `${path}:${place} TS${code} ${message}`;
}
