// Ids of figures that cannot be names in addresses, or that two figures of a notebook have.

import { figureIdCode } from '../../cells/cell-diagnostic.js';
import { idRule, isFigureId } from '../../chart/names/figure-names.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import type { CellFacts, TypeProblem } from '../document/type-problem.js';

/** What is wrong with the ids that a notebook's cells give to figures, in the order of the cells. */
export function figureIdProblems(
  notebook: Notebook,
  cells: readonly Pick<CellFacts, 'cell' | 'figureIds'>[],
): TypeProblem[] {
  const first = new Map<string, string>();
  return cells.flatMap(({ cell, figureIds }) =>
    figureIds.flatMap(({ id, start, length }): TypeProblem[] => {
      const before = joinText(notebook.cells[cell - 1]?.source ?? '')
        .slice(0, start)
        .split('\n');
      const place = { cell, line: before.length, column: (before.at(-1) ?? '').length + 1 };
      const problem = (message: string) => [{ ...place, length, code: figureIdCode, message }];
      if (!isFigureId(id)) {
        return problem(`the id ${JSON.stringify(id)} cannot stand in addresses: ${idRule}`);
      }
      const other = first.get(id);
      first.set(id, other ?? `cell ${cell}, line ${place.line}`);
      return other === undefined
        ? []
        : problem(`the id ${id} is that of the figure in ${other}: each needs its own`);
    }),
  );
}
