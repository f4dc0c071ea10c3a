// The capacity of a worker: places for tasks, and memory of kernels.

import type { Job, QueueName } from './job.js';

/** What a worker has room for. */
export interface Room {
  /** The most jobs. */
  readonly jobs: number;
  /** The highest priority of a job, which is its memory; undefined: any. */
  readonly maxPriority?: number;
}

/** The limits of a worker. */
export interface WorkerLimits {
  readonly jobs: number;
  /** What kernels may take together, in bytes; undefined: as much as there is. */
  readonly memory: number | undefined;
}

/**
 * What a worker has room for beside what it is at. One run is led at a time, and takes no place of a task: its tasks
 * need them. Where memory is limited notebooks are taken one by one.
 */
export function roomOf(
  name: QueueName,
  { jobs, memory }: WorkerLimits,
  running: readonly { readonly data: Job }[],
): Room {
  const led = running.filter(({ data }) => !('task' in data)).length;
  if (name === 'runs') return { jobs: 1 - led };
  const places = jobs - (running.length - led);
  const isOfNotebooks = name === 'notebooks' || name.startsWith('notebooks.');
  if (!isOfNotebooks || memory === undefined) return { jobs: places };
  const taken = running.reduce((sum, { data }) => sum + ('memory' in data ? data.memory : 0), 0);
  const left = Math.floor((memory - taken) / 1e6);
  return left <= 0 ? { jobs: 0 } : { jobs: Math.min(places, 1), maxPriority: left };
}
