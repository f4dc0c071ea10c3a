// `daybook queue list`, `queue retry` and `queue drop`: the workers, what waits for them, and what was given up.

import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { listWorkers, readQueueDepth, type ListedWorker } from '../../history/workers/workers.js';
import { countOf } from '../../text/amounts.js';
import { formatTable } from '../../text/table.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import { deadQueue } from '../../history/workers/workers-state.js';
import { jobName, type Job } from '../../worker/job.js';
import { retryDeadJobs } from '../../worker/retry-dead-jobs.js';
import { TaskQueue, type DeadJob } from '../../worker/task-queue.js';
import type { Command, Invocation } from '../command.js';
import { flag } from '../options.js';

/** `daybook queue list`. */
export const queueList: Command = {
  usage: '[--json]',
  description: `Shows the workers that are there and what each does, how many jobs wait, and what was given up: jobs that
failed in each of their attempts, or ended the worker that did them.`,
  options: { json: { type: 'boolean', help: 'Print them as one JSON object' } },
  async run(invocation) {
    const { values, terminal } = invocation;
    await withQueue(invocation, async (queue, pool) => {
      const workers = await listWorkers(pool);
      const depth = (await readQueueDepth(pool)).filter((one) => one.queue !== deadQueue);
      const dead = await queue.deadJobs();
      terminal.out(
        flag(values, 'json')
          ? `${JSON.stringify({ workers, queues: depth, dead })}\n`
          : [
              workerTable(workers),
              depth.length === 0
                ? 'nothing waits\n'
                : formatTable([
                    ['queue', 'waiting', 'at work'],
                    ...depth.map((one) => [one.queue, String(one.waiting), String(one.active)]),
                  ]),
              dead.length === 0 ? 'nothing was given up\n' : deadTable(dead),
            ].join('\n'),
      );
    });
    return 0;
  },
};

/** `daybook queue retry`. */
export const queueRetry: Command = {
  usage: 'ID…|all',
  description:
    'Gives jobs that were given up to the workers again, by their ids in `queue list`, or all of them.',
  options: {},
  positionals: { min: 1, max: Infinity },
  async run(invocation) {
    const { terminal } = invocation;
    await withQueue(invocation, async (queue, pool) => {
      const dead = await chosen(queue, invocation.positionals);
      const count = await retryDeadJobs(queue, pool, dead);
      terminal.err(`${countOf(count, 'job')} given to the workers again\n`);
    });
    return 0;
  },
};

/** `daybook queue drop`. */
export const queueDrop: Command = {
  usage: 'ID…|all',
  description: 'Forgets jobs that were given up, by their ids in `queue list`, or all of them.',
  options: {},
  positionals: { min: 1, max: Infinity },
  async run(invocation) {
    const { terminal } = invocation;
    await withQueue(invocation, async (queue) => {
      const dead = await chosen(queue, invocation.positionals);
      if (dead.length > 0) await queue.dropDead(dead.map(({ id }) => id));
      terminal.err(`${countOf(dead.length, 'job')} forgotten\n`);
    });
    return 0;
  },
};

async function withQueue(
  { config, logger }: Pick<Invocation, 'config' | 'logger'>,
  work: (queue: TaskQueue, pool: Pool) => Promise<void>,
): Promise<void> {
  const warehouse = await openWarehouse(config, { logger });
  try {
    const queue = await TaskQueue.open({ url: warehouse.ownerUrl, logger });
    try {
      await work(queue, warehouse.owner);
    } finally {
      await queue.close();
    }
  } finally {
    await warehouse.close();
  }
}

/** @throws DaybookError `USAGE` for an id that no job has. */
async function chosen(queue: TaskQueue, ids: readonly string[]): Promise<DeadJob[]> {
  const dead = await queue.deadJobs();
  if (ids.length === 1 && ids[0] === 'all') return dead;
  return ids.map((id) => {
    const found = dead.find((job) => job.id === id);
    if (found !== undefined) return found;
    throw new DaybookError('USAGE', `nothing that was given up has the id ${id}`, {
      hint: 'daybook queue list shows the ids',
    });
  });
}

function workerTable(workers: readonly ListedWorker[]): string {
  if (workers.length === 0) return 'no worker is there: npx daybook worker starts one\n';
  return formatTable([
    ['host', 'process', 'since', 'takes', 'does'],
    ...workers.map(({ host, processId, startedAt, queues, tasks }) => [
      ...[host, String(processId), startedAt, queues.join(', ')],
      tasks.map(({ task }) => task).join(', ') || 'nothing',
    ]),
  ]);
}

function deadTable(dead: readonly DeadJob[]): string {
  return formatTable([
    ['given up', 'job', 'since', 'id', 'why'],
    ...dead.map(({ id, queue, data, since, output }) => [
      ...[queue, jobName(data as Job), since, id, reasonOf(output)],
    ]),
  ]);
}

function reasonOf(output: unknown): string {
  const message = (output as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : 'unknown';
}
