// Repair of what can be mended without changing what a notebook does.

import type { Notebook } from '../../nbformat/notebook.js';
import { joinText } from '../../nbformat/notebook.js';
import type { LintFinding } from './lint-finding.js';

/**
 * A notebook without its unused imports; undefined: there is nothing to mend.
 *
 * @param findings - Its own.
 */
export async function fixNotebook(
  notebook: Notebook,
  findings: readonly LintFinding[],
): Promise<Notebook | undefined> {
  const unused = findings.filter(({ rule }) => rule === 'unused-name');
  if (unused.length === 0) return undefined;
  // Loads the compiler.
  const { removeImports } = await import('../../cells/names/remove-imports.js');
  const cells = notebook.cells.map((cell, index) => {
    const names = unused.flatMap(({ cell: number, name }) =>
      number === index + 1 && name !== undefined ? [name] : [],
    );
    if (names.length === 0) return cell;
    const before = joinText(cell.source);
    const source = removeImports(before, new Set(names));
    return source === before ? cell : { ...cell, source };
  });
  const isChanged = cells.some((cell, index) => cell !== notebook.cells[index]);
  return isChanged ? { ...notebook, cells } : undefined;
}
