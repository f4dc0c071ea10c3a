// The rendering thread. It reports each piece to the process around it before it begins, because it may be ended
// at any moment.

import { parentPort, workerData } from 'node:worker_threads';
import { defaultLocale, useLocale } from '../../text/locale.js';
import { DaybookError, describeError } from '../../errors.js';
import { monitoredPieces, wholePage, type Pieces } from './pieces.js';
import type {
  RenderFailure,
  RenderMessage,
  RenderOrder,
  Comparison,
  ComparisonJob,
  RenderJob,
  RenderResults,
} from './render-job.js';
import { pairFigures } from '../../chart/names/output-names.js';
import { writeFigure } from './figure-file.js';
import { traceColumns } from './column-lineage.js';
import { compareFigures } from './compared-figures.js';
import { compareValues, pageValues } from './page-values.js';
import { readNotebookPage } from './notebook/notebook-page.js';
import { renderCode } from './rendered-code.js';
import { parseDocument, renderNotebook } from './rendered-notebook.js';

useLocale(String(workerData ?? defaultLocale), true);

/** The process reads these messages while the thread is busy. */
function report(message: RenderMessage): void {
  parentPort?.postMessage(message);
}

async function work({ job, plain }: RenderOrder): Promise<void> {
  let last = '';
  const begin = (piece: string) => {
    if (piece !== last) report({ begin: piece });
    last = piece;
  };
  const pieces = monitoredPieces(plain, begin, (piece, error) => {
    report({ fault: piece, message: describeError(error) });
  });
  begin(wholePage);
  try {
    report({ done: await doRenderJob(job, pieces) });
  } catch (error) {
    report({ failed: failureOf(error) });
  }
}

function failureOf(error: unknown): RenderFailure {
  const known = error instanceof DaybookError ? error : undefined;
  return {
    code: known?.code,
    message: error instanceof Error ? error.message : String(error),
    where: known?.where,
    hint: known?.hint,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

parentPort?.on('message', (order: RenderOrder) => {
  void work(order);
});

/** Does a job, piece by piece. */
async function doRenderJob(
  job: RenderJob,
  pieces: Pieces,
): Promise<RenderResults[RenderJob['kind']]> {
  switch (job.kind) {
    case 'notebook':
      return renderNotebook(job, pieces);
    case 'comparison':
      return compareRuns(job, pieces);
    case 'figure':
      return writeFigure(job, parseDocument(job.document, job.name), pieces);
    case 'lineage':
      return traceColumns(job, pieces);
    case 'code':
      return renderCode(job, pieces);
  }
}

function compareRuns(
  { name, before, after, hasPictures = false }: ComparisonJob,
  pieces: Pieces,
): Comparison {
  const pageOf = (document: readonly Uint8Array[]) =>
    readNotebookPage(parseDocument(document, name), { name, pieces });
  const [old, now] = [pageOf(before), pageOf(after)];
  return pieces.layOut(
    wholePage,
    () => {
      const pairs = pairFigures(old.named, now.named);
      const earlier = pageValues(old, (figure) => pairs.get(figure) ?? figure);
      const later = pageValues(now);
      return {
        differences: compareValues(earlier, later),
        valueCount: later.length,
        figures: hasPictures ? compareFigures(old, now, pairs, pieces) : [],
      };
    },
    () => ({ differences: [], valueCount: 0, figures: [] }),
  );
}
