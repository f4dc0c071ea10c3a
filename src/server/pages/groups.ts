import type { DashboardNotebook } from '../../publication/publication-reader.js';

/** Notebooks that are listed together. */
export interface NotebookGroup {
  readonly name: string;
  readonly notebooks: readonly DashboardNotebook[];
}

/** What notebooks without a group are listed under. */
const unnamed = 'Notebooks';

/** The groups of the dashboard, in the order of the first notebook of each. */
export function groupNotebooks(notebooks: readonly DashboardNotebook[]): NotebookGroup[] {
  const groups = new Map<string, DashboardNotebook[]>();
  for (const notebook of notebooks) {
    const name = notebook.group === '' ? unnamed : notebook.group;
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [notebook]);
    else members.push(notebook);
  }
  return [...groups].map(([name, members]) => ({ name, notebooks: members }));
}
