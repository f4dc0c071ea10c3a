// Addresses for monitoring: `/healthz`, `/readyz`, `/metrics`, `/status.json`.

import { setTimeout as sleep } from 'node:timers/promises';
import { jsonResponse, textResponse } from '../../../http/prepared-response.js';
import type { PublicationReader } from '../../../publication/publication-reader.js';
import type { Audience } from '../../access/audience.js';
import type { PublicationState } from '../../reading/publication-cache.js';
import { withProblems } from '../../reading/with-problems.js';
import type { Operations } from '../../../schedules/operations-reader.js';
import type { PageSources } from '../page-sources.js';
import type { Route } from '../route.js';
import type { Metrics } from './metrics.js';
import type { RunSummary } from '../../../publication/publication.js';
import { stateOf } from '../../parts/state.js';

/** Timeout of `/readyz` for the warehouse, in milliseconds. */
const readyMs = 2000;

/** The routes for supervisors and monitors: liveness, readiness, metrics, and the state of what is published. */
export function machineRoutes(sources: PageSources, metrics: Metrics): Route[] {
  const { reader, now } = sources;
  const forMachines = { readers: 'selection', isForMachines: true } as const;
  return [
    {
      pattern: '/healthz',
      holds: '200: the process runs',
      readers: 'everybody',
      make: () => jsonResponse(200, { status: 'ok' }),
    },
    {
      pattern: '/readyz',
      holds: '200 when the warehouse answers within two seconds, else 503',
      readers: 'everybody',
      make: async () => {
        const isReady = await Promise.race([
          answers(reader),
          sleep(readyMs, false, { ref: false }),
        ]);
        const status = isReady ? 'ready' : 'the warehouse does not answer';
        return jsonResponse(isReady ? 200 : 503, { status });
      },
    },
    {
      pattern: '/status.json',
      holds: 'State, runs and age of each notebook, and the newest pipeline run, as JSON',
      ...forMachines,
      make: async ({ audience }) =>
        jsonResponse(200, {
          ...statusOf(await checkedState(sources, audience)),
          ...operationsStatus(await seenOperations(sources, audience)),
        }),
    },
    {
      pattern: '/metrics',
      holds: 'The same and counts of requests, for Prometheus',
      ...forMachines,
      make: async ({ audience }) => ({
        ...textResponse(
          200,
          metrics.text(
            await checkedState(sources, audience),
            now(),
            await seenOperations(sources, audience),
          ),
        ),
        type: 'text/plain; version=0.0.4; charset=utf-8',
      }),
    },
  ];
}

/**
 * The publication with the problems of its documents. While the warehouse is unreachable documents cannot be
 * checked, and count as sound.
 */
async function checkedState(
  { cache, runs }: PageSources,
  audience: Audience,
): Promise<PublicationState | undefined> {
  const state = await cache.state(audience);
  if (state === undefined || state.offlineSince !== undefined) return state;
  const { facts } = await runs.facts(state.publication);
  return { ...state, publication: withProblems(state.publication, facts) };
}

/** What happens by itself, for who may read the pages of pipeline and data. */
async function seenOperations(
  { cache, operationsCache }: PageSources,
  audience: Audience,
): Promise<Operations | undefined> {
  const state = await cache.state(audience);
  return state?.seesInternals === true ? operationsCache.current() : undefined;
}

/** The part of `/status.json` on what happens by itself; nothing where nothing is declared. */
function operationsStatus(operations: Operations | undefined) {
  if (operations === undefined) return {};
  const { schedules, deadlines, workers } = operations;
  const shared = workers ?? {};
  if (schedules.length === 0 && deadlines.length === 0) return shared;
  return {
    ...shared,
    deadlines,
    schedulers: operations.schedulers,
    schedules: schedules.map(({ firings, ...schedule }) => ({
      ...schedule,
      last: firings.find(({ status }) => status !== 'waiting') ?? null,
    })),
  };
}

function answers(reader: PublicationReader): Promise<boolean> {
  return reader.ping().then(
    () => true,
    () => false,
  );
}

/** The body of `/status.json`: the states that the pages show, for machines. */
function statusOf(state: PublicationState | undefined) {
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
