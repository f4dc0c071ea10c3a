// The state of the workers and their queue, for pages, monitors and lists.

import type { Pool } from 'pg';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { listWorkers, readQueueDepth, type ListedWorker, type QueueDepth } from './workers.js';

/** The workers that are there, and what waits for them. */
export interface WorkersState {
  readonly workers: readonly ListedWorker[];
  /** Of queues in which anything is. */
  readonly queues: readonly QueueDepth[];
  /** Jobs that were given up. */
  readonly givenUp: number;
}

/** The name of the queue of what was given up. */
export const deadQueue = 'dead';

/** How the workers stand; undefined: there are none, and nothing waits for one. */
export async function readWorkersState(pool: Pool): Promise<WorkersState | undefined> {
  try {
    const [workers, depth] = await Promise.all([listWorkers(pool), readQueueDepth(pool)]);
    if (workers.length === 0 && depth.length === 0) return undefined;
    return {
      workers,
      queues: depth.filter(({ queue }) => queue !== deadQueue),
      givenUp: depth.find(({ queue }) => queue === deadQueue)?.waiting ?? 0,
    };
  } catch (error) {
    const state = sqlstateOf(error);
    // A warehouse that an older version made knows of no workers.
    if (state === sqlstate.undefinedTable || state === sqlstate.undefinedFunction) return undefined;
    throw error;
  }
}
