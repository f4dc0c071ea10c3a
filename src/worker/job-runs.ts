// The run of each job: of the pipeline, or of notebooks.

import type { Pool } from 'pg';
import { cancelledAmong, cancelledError } from '../history/runs/cancelled-run.js';
import { endQueuedRun } from '../history/runs/queued-runs.js';
import type { WorkerTask } from '../history/workers/workers.js';
import { abandonCollection, cancelledCollections } from '../publication/shared-collections.js';
import type { Job } from './job.js';

/** The run of a job. */
export type RunOfJob = Pick<WorkerTask, 'runId' | 'collection'>;

/** The run of a job. */
export function runsOf(job: Job): RunOfJob {
  return {
    runId: 'runId' in job ? job.runId : null,
    collection: 'collection' in job ? job.collection : null,
  };
}

/** Ends a run that no worker could lead. */
export async function abandonRun(pool: Pool, { runId, collection }: RunOfJob): Promise<void> {
  if (runId !== null) await endQueuedRun(pool, runId);
  if (collection !== null) await abandonCollection(pool, collection);
}

/** Stops tasks of cancelled runs; whoever leads one looks by itself. */
export async function stopCancelledJobs(
  pool: Pool,
  running: readonly { readonly data: Job; readonly stop: AbortController }[],
): Promise<void> {
  const tasks = running
    .filter(({ data }) => 'task' in data)
    .map(({ data, stop }) => ({ ...runsOf(data), stop }));
  const idsOf = (ids: readonly (number | null)[]) => [...new Set(ids.filter((id) => id !== null))];
  const runs = await cancelledAmong(pool, idsOf(tasks.map(({ runId }) => runId)));
  const collections = await cancelledCollections(
    pool,
    idsOf(tasks.map(({ collection }) => collection)),
  );
  for (const { runId, collection, stop } of tasks) {
    const isCancelled =
      (runId !== null && runs.has(runId)) || (collection !== null && collections.has(collection));
    if (isCancelled) stop.abort(cancelledError());
  }
}
