// The type check of whole notebooks.

import { namesDeclaredIn } from '../../cells/names/declared-names.js';
import { figureIdProblems } from './figure-id-problems.js';
import { typeRules } from '../dialects/type-rules.js';
import { isRunnable, kernelName } from '../document/execution-metadata.js';
import {
  nothingFound,
  type CheckedNotebook,
  type NotebookToCheck,
} from '../document/type-problem.js';
import { hasTag } from '../../nbformat/cell-tags.js';
import { joinText } from '../../nbformat/notebook.js';

/**
 * Checks notebooks with the project's TypeScript: all cells of a notebook as one program, in order, by the rules
 * of its kernel. Needs no kernel and no warehouse. Takes about a second for the first notebook and blocks;
 * libraries are read once for all.
 */
export function checkNotebooks(notebooks: readonly NotebookToCheck[]): CheckedNotebook[] {
  return notebooks.map(notebookChecker());
}

/** {@link checkNotebooks} for one notebook after another. */
export function notebookChecker(): (notebook: NotebookToCheck) => CheckedNotebook {
  const rulesOf = typeRules();
  return ({ path, notebook }) => {
    const cells = notebook.cells.flatMap((cell, index) =>
      isRunnable(cell) ? [{ index, source: joinText(cell.source), metadata: cell.metadata }] : [],
    );
    if (cells.length === 0) return nothingFound;
    const checked = rulesOf(kernelName(notebook))(path, cells);
    if (checked.cells.length === 0) return checked;
    const skipped = notebook.cells.flatMap((cell, index) =>
      cell.cell_type === 'code' && hasTag(cell, 'skip-execution')
        ? [{ cell: index + 1, declares: namesDeclaredIn(joinText(cell.source)) }]
        : [],
    );
    const others = skipped.map((cell) => ({ ...cell, uses: [], findings: [], figureIds: [] }));
    const problems = [...checked.problems, ...figureIdProblems(notebook, checked.cells)];
    return {
      ...checked,
      problems: problems.sort((a, b) => a.cell - b.cell),
      cells: [...checked.cells, ...others],
    };
  };
}
