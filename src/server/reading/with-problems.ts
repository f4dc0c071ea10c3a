// Failures of notebooks whose published documents cannot be shown.

import type { DashboardNotebook, Publication } from '../../publication/publication.js';
import type { KnownFacts } from './notebook-runs.js';

/** Marks notebooks whose published documents cannot be shown as failed. */
export function withProblems(publication: Publication, facts: KnownFacts['facts']): Publication {
  const notebooks = publication.notebooks.map((notebook): DashboardNotebook => {
    const evalue = facts.get(notebook.slug)?.problem ?? '';
    const { shown } = notebook;
    if (evalue === '' || shown === undefined) return notebook;
    const error = { cell: undefined, line: undefined, column: undefined, ename: '', evalue };
    return { ...notebook, latest: { ...shown, status: 'failed', error } };
  });
  return { ...publication, notebooks };
}
