// Results of the type check of a notebook.

import { codeName } from '../../cells/cell-diagnostic.js';
import type { CellFinding } from '../../cells/cell-findings.js';
import type { FigureId } from '../../cells/figure-ids.js';
import type { NameUse } from '../../cells/names/cell-names.js';
import type { CellReach } from '../../cells/names/cell-reach.js';
import type { DeclaredName } from '../../cells/names/declared-name.js';
import type { QueryFile, TextPlaces } from '../../cells/sql/text-places.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { isRunnable } from './execution-metadata.js';

/** A notebook to check. */
export interface NotebookToCheck {
  /** Its absolute path; imports are relative to its folder. */
  readonly path: string;
  readonly notebook: Notebook;
}

/** A type error. Numbers count from 1. */
export interface TypeProblem {
  /** The cell, or the first one that imports the file. */
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  /** How many characters of the line are wrong. Default: 1. */
  readonly length?: number;
  /** TypeScript's error code: 2322; for what Postgres says of a query, its SQLSTATE: '42703'; for the id of a figure 'FIGURE_ID'. */
  readonly code: number | string;
  readonly message: string;
  /** The file, when it is not the cell itself, relative to the notebook's folder. */
  readonly file?: string | undefined;
}

/** A query in a cell. */
export interface NotebookQuery {
  /** The cell, from 1, or the first one that imports the file. */
  readonly cell: number;
  readonly sql: string;
  /** Where its text stands in the cell, or in the file. */
  readonly places: TextPlaces;
  /** The project's file that it stands in, by its path from the notebook's folder; undefined: the cell. */
  readonly file?: QueryFile | undefined;
}

/** The result of checking a notebook. */
export interface CheckedNotebook {
  readonly problems: readonly TypeProblem[];
  /** Names imported as types only, by cell index. */
  readonly typeImports: Readonly<Record<number, readonly string[]>>;
  /** The queries whose texts are known. */
  readonly queries: readonly NotebookQuery[];
  /** What its cells declare, use and do; none of kernels other than ours. */
  readonly cells: readonly CellFacts[];
}

/** What a cell declares, uses and does. */
export interface CellFacts {
  /** The cell, from 1. */
  readonly cell: number;
  readonly declares: readonly DeclaredName[];
  /** The cells of its uses are numbers as texts. */
  readonly uses: readonly NameUse[];
  readonly findings: readonly CellFinding[];
  readonly figureIds: readonly FigureId[];
  /** Absent: the cell is not run. */
  readonly reach?: CellReach;
}

export const nothingFound: CheckedNotebook = {
  problems: [],
  typeImports: {},
  queries: [],
  cells: [],
};

/** The result for a notebook on which the compiler crashes: it fails, the others are checked. */
export function uncheckable({ notebook }: NotebookToCheck, reason: string): CheckedNotebook {
  const message = `the notebook cannot be type-checked: ${reason}`;
  const cell = notebook.cells.findIndex(isRunnable) + 1;
  return { ...nothingFound, problems: [{ cell, line: 1, column: 1, code: 0, message }] };
}

/** A problem on one line: `notebooks/churn.ipynb:3:1:7 TS2322 message`; cell, line, column. */
export function formatProblem(path: string, problem: TypeProblem): string {
  const { code, message } = problem;
  return `${formatPlace(path, problem)} ${codeName(code)} ${message}`;
}

/** The place of a problem: `notebooks/churn.ipynb:3:1:7`; cell, line, column. */
export function formatPlace(
  path: string,
  { cell, line, column, file }: Pick<TypeProblem, 'cell' | 'line' | 'column' | 'file'>,
): string {
  return file === undefined
    ? `${path}:${cell}:${line}:${column}`
    : `${path}:${cell}: ${file}:${line}:${column}`;
}
