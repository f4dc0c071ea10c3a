// The lock of a schedule: only its holder does what is due.

import type { Pool } from 'pg';
import { withHeldLock } from '../warehouse/query/held-lock.js';

/**
 * Runs `work` while no other process works on this schedule.
 *
 * @param work - Gets a signal that is aborted when the lock is lost.
 * @returns False: another process has the lock.
 */
export function withScheduleLock(
  pool: Pool,
  schedule: string,
  work: (lost: AbortSignal) => Promise<void>,
): Promise<boolean> {
  return withHeldLock(pool, 'schedule', schedule, work);
}
