import type { RunSummary } from '../../../publication/publication.js';
import { stateOf } from '../../parts/state.js';
import type { PublicationState } from '../../reading/publication-cache.js';

/** `/status.json`: what the pages say of themselves, for machines. */
export function statusOf(state: PublicationState | undefined) {
  if (state === undefined) return { warehouse: 'unreachable', pipeline: null, notebooks: [] };
  const { publication, offlineSince } = state;
  return {
    warehouse: offlineSince === undefined ? 'reachable' : 'unreachable',
    unreachableSince: offlineSince ?? null,
    pipeline: publication.pipeline ?? null,
    notebooks: publication.notebooks.map((notebook) => ({
      slug: notebook.slug,
      title: notebook.title,
      state: stateOf(notebook),
      shown: runStatus(notebook.shown),
      latest: runStatus(notebook.latest),
      newerPipelineRunId: notebook.newerPipelineRunId ?? null,
      staleAfter: notebook.staleAfter ?? null,
    })),
  };
}

function runStatus(run: RunSummary | undefined) {
  if (run === undefined) return null;
  const { runId, status, error, codeVersion, pipelineRunId, dataThrough, startedAt, finishedAt } =
    run;
  return {
    runId,
    status,
    error: error ?? null,
    codeVersion: codeVersion ?? null,
    pipelineRunId: pipelineRunId ?? null,
    dataThrough: dataThrough ?? null,
    startedAt,
    finishedAt,
  };
}
