// Jobs that were given up, given to the workers again.

import type { Pool } from 'pg';
import { reopenQueuedRun } from '../history/runs/queued-runs.js';
import { reopenCollection } from '../publication/shared-collections.js';
import type { Job } from './job.js';
import { runsOf } from './job-runs.js';
import type { DeadJob, TaskQueue } from './task-queue.js';

/** Gives jobs to the workers again; those of runs open their run again. @returns How many. */
export async function retryDeadJobs(
  queue: TaskQueue,
  pool: Pool,
  dead: readonly DeadJob[],
): Promise<number> {
  for (const job of dead) {
    const { runId, collection } = runsOf(job.data as Job);
    if (job.queue !== 'runs') continue;
    if (runId !== null) await reopenQueuedRun(pool, runId);
    if (collection !== null) await reopenCollection(pool, collection);
  }
  return dead.length === 0 ? 0 : queue.retryDead(dead.map(({ id }) => id));
}
