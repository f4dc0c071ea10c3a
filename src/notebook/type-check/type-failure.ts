// Failures by type errors.

import { codeName } from '../../cells/cell-diagnostic.js';
import { joinText, type Cell, type Notebook } from '../../nbformat/notebook.js';
import { clearNotebook, withMark } from '../document/clear-notebook.js';
import { codeFrame } from '../../text/code-frame.js';
import { errorOutput, type NotebookFailure } from '../document/failure.js';
import { mayFail } from '../document/execution-metadata.js';
import type { TypeProblem } from '../document/type-problem.js';
import type { ExecutionSettings } from '../run-settings.js';

/** The type errors that forbid a run: those in cells that may fail do not. */
export function blockingProblems(
  notebook: Notebook,
  problems: readonly TypeProblem[],
  { allowErrors = false, forceRaiseErrors = false }: ExecutionSettings,
): readonly TypeProblem[] {
  if (forceRaiseErrors) return problems;
  if (allowErrors === true) return [];
  return problems.filter(({ cell }) => {
    const found = notebook.cells[cell - 1];
    return found !== undefined && !mayFail(found);
  });
}

/** The failure of a notebook that was not run because of a type error. */
export function typeFailure(notebook: Notebook, first: TypeProblem): NotebookFailure {
  const cellId = notebook.cells[first.cell - 1]?.id;
  return {
    kind: 'type-error',
    cell: first.cell,
    cellId,
    ...(first.file === undefined ? { line: first.line, column: first.column } : {}),
    ename: codeName(first.code),
    evalue: describe(first),
  };
}

/** The notebook without outputs, except an error in each cell with a type error. */
export function withTypeErrors(original: Notebook, problems: readonly TypeProblem[]): Notebook {
  const notebook = clearNotebook(original);
  return {
    ...notebook,
    cells: notebook.cells.map((cell, index) =>
      markCell(
        notebook,
        cell,
        problems.filter((problem) => problem.cell === index + 1),
      ),
    ),
  };
}

function markCell(notebook: Notebook, cell: Cell, problems: readonly TypeProblem[]): Cell {
  if (cell.cell_type !== 'code') return cell;
  const [first, ...others] = problems;
  if (first === undefined)
    return { ...cell, metadata: withMark(cell.metadata, 'status', 'not-run') };
  const source = joinText(cell.source);
  const details = others.flatMap((problem) => [
    `${codeName(problem.code)}: ${describe(problem)}`,
    ...(problem.file === undefined ? codeFrame(source, problem) : []),
    '',
  ]);
  return {
    ...cell,
    metadata: withMark(cell.metadata, 'status', 'failed'),
    outputs: [errorOutput(typeFailure(notebook, first), source, details)],
  };
}

function describe({ file, line, column, message }: TypeProblem): string {
  return file === undefined ? message : `${file}:${line}:${column}: ${message}`;
}
