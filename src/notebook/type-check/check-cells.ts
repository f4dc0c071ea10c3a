import { relative } from 'node:path';
import { CellProgram } from '../../cells/cell-program.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { isRunnable } from '../document/execution-metadata.js';
import type { TypeProblem } from '../document/type-problem.js';

/**
 * Checks the cells of a notebook as our own kernel does when it runs them: what passes here runs there.
 * A cell with a problem still declares its names, so that later cells have no problems because of it.
 *
 * @param folder - The notebook's folder, absolute.
 */
export function checkCells(notebook: Notebook, folder: string): TypeProblem[] {
  const cells = notebook.cells.flatMap((cell, index): [string, string][] =>
    isRunnable(cell) ? [[String(index + 1), joinText(cell.source)]] : [],
  );
  return [...CellProgram.checkAll(folder, new Map(cells))].flatMap(([cell, diagnostics]) =>
    diagnostics.map(({ code, message, line, column, file }) => ({
      cell: Number(cell),
      ...{ line, column, code, message },
      ...(file === undefined ? {} : { file: relative(folder, file) }),
    })),
  );
}
