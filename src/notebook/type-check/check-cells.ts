import { relative } from 'node:path';
import { CellProgram } from '../../cells/cell-program.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { isRunnable } from '../runnable.js';
import type { TypeProblem } from './type-problem.js';

/**
 * Checks the cells of a notebook as our own kernel does when it runs them: what passes here runs there.
 * A cell with a problem still declares its names, so that later cells have no problems because of it.
 *
 * @param folder - The notebook's folder, absolute.
 */
export function checkCells(notebook: Notebook, folder: string): TypeProblem[] {
  const program = new CellProgram(folder);
  return notebook.cells.flatMap((cell, index) => {
    if (!isRunnable(cell)) return [];
    const compilation = program.compile(joinText(cell.source));
    program.accept(String(index + 1));
    if (compilation.status === 'ok') return [];
    return compilation.diagnostics.map(({ code, message, line, column, file }) => ({
      cell: index + 1,
      ...{ line, column, code, message },
      ...(file === undefined ? {} : { file: relative(folder, file) }),
    }));
  });
}
