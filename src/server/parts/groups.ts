// Order and grouping of notebooks on the home page and in the navigation.

import type { DashboardNotebook } from '../../publication/publication.js';

/** A heading with its notebooks. */
export interface NotebookGroup {
  readonly name: string;
  readonly notebooks: readonly DashboardNotebook[];
}

/** The heading of notebooks without a group. */
const unnamed = 'Notebooks';

/**
 * Groups of notebooks: first those of the project file in its order, then others in the order of their first
 * notebook.
 */
export function groupNotebooks(
  notebooks: readonly DashboardNotebook[],
  named: readonly string[],
): NotebookGroup[] {
  const groups = new Map<string, DashboardNotebook[]>(named.map((name) => [name, []]));
  for (const notebook of notebooks) {
    const name = notebook.group === '' ? unnamed : notebook.group;
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [notebook]);
    else members.push(notebook);
  }
  return [...groups]
    .filter(([, members]) => members.length > 0)
    .map(([name, members]) => ({ name, notebooks: members }));
}
