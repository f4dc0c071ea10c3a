import type { DashboardNotebook } from '../../publication/publication.js';

/** Notebooks that are listed together. */
export interface NotebookGroup {
  readonly name: string;
  readonly notebooks: readonly DashboardNotebook[];
}

/** What notebooks without a group are listed under. */
const unnamed = 'Notebooks';

/**
 * The groups of the dashboard: first those that the project names, in its order, then the others in the order of
 * the first notebook of each.
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
