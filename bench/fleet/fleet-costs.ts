// What a fleet's work with the queue takes of Postgres, measured on tables as large as the fleet makes them.

import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import {
  beat,
  claimTask,
  giveUpSilentWorkers,
  readFleet,
  releaseTask,
  startWorker,
} from '../../src/history/workers/workers.js';
import { silentLogger } from '../../src/logger.js';
import { queueNames } from '../../src/worker/job.js';
import { TaskQueue, type TakenJob } from '../../src/worker/task-queue.js';
import type { TestDatabase } from '../../test/database.js';
import { processorSeconds } from '../measure.js';

/** Postgres's processor time of each step, in milliseconds. */
export interface FleetCosts {
  /** A heartbeat. */
  readonly beat: number;
  /** A check for workers without one. */
  readonly check: number;
  /** A look at a queue in which nothing waits. */
  readonly look: number;
  /** A question in which of the queues something waits. */
  readonly ask: number;
  /** A counting of the fleet. */
  readonly count: number;
  /** What a notification takes for each session that listens. */
  readonly hear: number;
  /** Sending a task. */
  readonly send: number;
  /** Taking a task, and recording the claim. */
  readonly take: number;
  /** Ending a task, and the leader's reading of the answer. */
  readonly end: number;
}

/** The size of what the fleet leaves in the tables. */
export interface FleetSize {
  readonly workers: number;
  /** Jobs of the last day, which the queue keeps. */
  readonly jobs: number;
}

/** The number of times that each step is done. */
const times = 400;

/** The sessions that listen while a notification is measured. */
const listeners = 50;

/** Measures each step alone; nobody else may use the server meanwhile. */
export async function measureCosts(
  { owner, ownerUrl }: TestDatabase,
  { workers, jobs }: FleetSize,
): Promise<FleetCosts> {
  const workerId = randomUUID();
  const queue = await TaskQueue.open({ url: ownerUrl, logger: silentLogger, workerId });
  try {
    const self = { workerId, host: 'here', processId: process.pid, codeVersion: undefined };
    await startWorker(owner, { ...self, queues: ['models'], jobs: 1, memory: null });
    const postmaster = await postmasterOf(owner);
    const costOf = async (step: (index: number) => Promise<unknown>): Promise<number> => {
      const before = processorSeconds(postmaster);
      for (let index = 0; index < times; index += 1) await step(index);
      return ((processorSeconds(postmaster) - before) * 1000) / times;
    };

    const first = await queue.send('models', {}, 'first');
    await queue.complete((await takeOne(queue))!, null);
    // Neither is ever silent: their heartbeats lie in the future.
    await owner.query(
      `insert into ops.worker (worker_id, host, process_id, queues, jobs, seen_at)
      select gen_random_uuid(), 'elsewhere', 1, '{models}', 1, clock_timestamp() + interval '1 day'
      from generate_series(2, $1)`,
      [workers],
    );
    await owner.query(
      `insert into daybook_queue.job
      select copy.*
      from daybook_queue.job, generate_series(1, $2) as number, lateral jsonb_populate_record(
        null::daybook_queue.job,
        to_jsonb(job) || jsonb_build_object('id', md5(number::text)::uuid, 'singleton_key', null)
      ) as copy
      where job.id = $1`,
      [first, jobs],
    );
    await owner.query('analyze');

    const hearing = async (): Promise<number> => {
      const tell = (): Promise<unknown> =>
        owner.query("select pg_notify('daybook_queue', 'sent x')");
      const alone = await costOf(tell);
      const clients = Array.from({ length: listeners }, () => new pg.Client(ownerUrl));
      try {
        for (const client of clients) {
          await client.connect();
          await client.query('listen daybook_queue');
        }
        return ((await costOf(tell)) - alone) / listeners;
      } finally {
        await Promise.all(clients.map((client) => client.end()));
      }
    };

    const taken: TakenJob[] = [];
    const claimOf = ({ id, retryCount }: TakenJob) => ({
      ...{ jobId: id, attempt: retryCount, workerId },
    });
    const data = { runId: 1, task: { kind: 'model', name: 'gold.m', definition: 'x'.repeat(64) } };
    return {
      beat: await costOf(() => beat(owner, workerId)),
      check: await costOf(() => giveUpSilentWorkers(owner)),
      look: await costOf(() => queue.take('models', 1)),
      ask: await costOf(() => queue.waiting(queueNames)),
      count: await costOf(() => readFleet(owner)),
      hear: await hearing(),
      send: await costOf((index) => queue.send('models', data, `1 gold.m${index}`)),
      take: await costOf(async () => {
        const job = await takeOne(queue);
        if (job === undefined) throw new Error('the queue is empty');
        taken.push(job);
        const names = { queue: 'models', runId: null, collection: null, task: 'gold.m' };
        await claimTask(owner, { ...claimOf(job), ...names });
      }),
      end: await costOf(async (index) => {
        const job = taken[index]!;
        await queue.complete(job, {});
        await releaseTask(owner, claimOf(job));
        await queue.find('models', job.id);
      }),
    };
  } finally {
    await queue.close();
  }
}

/** The process that all of Postgres's are below. */
export async function postmasterOf(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const status = readFileSync(`/proc/${rows[0]?.pid ?? 0}/status`, 'utf8');
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
}

async function takeOne(queue: TaskQueue): Promise<TakenJob | undefined> {
  return (await queue.take('models', 1))[0];
}
