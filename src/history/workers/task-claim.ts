// The claim of a worker on a task, valid until the queue gives the task to another worker.

import type { ClientBase } from 'pg';
import { DaybookError } from '../../errors.js';

/** A task that a worker has taken on. */
export interface TaskClaim {
  /** The job of the queue, and the number of its attempt. */
  readonly jobId: string;
  readonly attempt: number;
  readonly workerId: string;
}

/**
 * Checks that a task is still its worker's. Called first in the task's transaction, so that nothing is begun in
 * vain, and last, so that nothing is published that was given to another.
 *
 * @param client - A connection in the task's transaction.
 * @throws DaybookError `TASK_LOST`.
 */
export async function checkClaim(
  client: ClientBase,
  { jobId, attempt, workerId }: TaskClaim,
): Promise<void> {
  const { rowCount } = await client.query(
    `select from ops.worker_task
    where job_id = $1 and attempt = $2 and worker_id = $3
    for key share`,
    [jobId, attempt, workerId],
  );
  if (rowCount === 1) return;
  throw new DaybookError('TASK_LOST', 'the queue has given this task to another worker', {
    hint: 'this one was silent for too long; nothing of it was published',
  });
}
