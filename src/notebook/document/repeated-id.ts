// Ids that more than one figure of an executed notebook has: a loop, or a function that is called twice, gave them.

import { namedOutputs } from '../../chart/names/output-names.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { errorOutput, type NotebookFailure } from './failure.js';

/** The failure of a notebook with an id that two figures have; undefined: each has its own. */
export function repeatedId(notebook: Notebook): NotebookFailure | undefined {
  const cells = new Map<string, string>();
  for (const { id, cellId } of namedOutputs(notebook).values()) {
    if (id === undefined) continue;
    const first = cells.get(id);
    if (first === undefined) {
      cells.set(id, cellId);
      continue;
    }
    const place = (wanted: string) => notebook.cells.findIndex((cell) => cell.id === wanted) + 1;
    const other =
      first === cellId ? 'another figure of this cell' : `a figure of cell ${place(first)}`;
    return {
      ...{ kind: 'notebook', cell: place(cellId), cellId, ename: 'FigureIdTaken' },
      evalue: `the id ${id} is that of ${other}, too: make it of what differs, like \`${id}-\${name}\``,
    };
  }
  return undefined;
}

/** The notebook with a failure as the last output of its cell. */
export function withFailure(notebook: Notebook, failure: NotebookFailure): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.map((cell, index) =>
      cell.cell_type === 'code' && index + 1 === failure.cell
        ? { ...cell, outputs: [...cell.outputs, errorOutput(failure, joinText(cell.source))] }
        : cell,
    ),
  };
}
