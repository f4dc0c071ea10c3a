import { traceColumns } from './column-lineage.js';
import { compareValues, pageValues, type PageValue } from './page-values.js';
import { readNotebookPage } from './notebook/notebook-page.js';
import { wholePage, type Pieces } from './pieces.js';
import type { Comparison, ComparisonJob, RenderJob, RenderResults } from './render-job.js';
import { renderCode } from './rendered-code.js';
import { parseDocument, renderNotebook } from './rendered-notebook.js';

/** Does a job, piece by piece. */
export async function doRenderJob(
  job: RenderJob,
  pieces: Pieces,
): Promise<RenderResults[RenderJob['kind']]> {
  switch (job.kind) {
    case 'notebook':
      return renderNotebook(job, pieces);
    case 'comparison':
      return compareRuns(job, pieces);
    case 'lineage':
      return traceColumns(job, pieces);
    case 'code':
      return renderCode(job, pieces);
  }
}

function compareRuns({ name, before, after }: ComparisonJob, pieces: Pieces): Comparison {
  const [old, now] = [before, after].map((document) => valuesOf(document, name, pieces));
  return pieces.layOut(
    wholePage,
    () => ({ differences: compareValues(old ?? [], now ?? []), valueCount: now?.length ?? 0 }),
    () => ({ differences: [], valueCount: 0 }),
  );
}

function valuesOf(document: readonly Uint8Array[], name: string, pieces: Pieces): PageValue[] {
  const page = readNotebookPage(parseDocument(document, name), { name, pieces });
  return pieces.layOut(
    wholePage,
    () => pageValues(page),
    () => [],
  );
}
