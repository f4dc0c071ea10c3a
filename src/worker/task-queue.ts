// The workers' queue: pg-boss in the project's own Postgres hands out jobs, each to one worker at a time. It knows
// neither what a job means nor how a run stands.

import pg from 'pg';
import type { PgBoss } from 'pg-boss';
import { findOptionalPackage, packageMissing } from '../files/optional-package.js';
import type { Logger } from '../logger.js';
import { sessionName } from '../history/workers/workers.js';
import { deadQueue } from '../history/workers/workers-state.js';
import { mostAttempts, queueNames, type QueueName } from './job.js';

/** The schema of the queue's tables; readers have no access to it. */
export const queueSchema = 'daybook_queue';

/** The channel on which processes tell each other what happened. */
const channel = 'daybook_queue';

/** How long a job may go without a heartbeat before the queue takes it back, in seconds. */
const heartbeatSeconds = 60;

const queueOptions = {
  // One job about the same thing at a time.
  policy: 'exclusive',
  deadLetter: deadQueue,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  heartbeatSeconds,
  expireInSeconds: 24 * 60 * 60,
  deleteAfterSeconds: 24 * 60 * 60,
} as const;

/** A job that was handed out. */
export interface TakenJob {
  readonly queue: QueueName;
  readonly id: string;
  /** The number of earlier attempts. */
  readonly retryCount: number;
  readonly data: unknown;
}

/** The state of a job. */
export interface JobState {
  readonly state: 'open' | 'completed' | 'failed' | 'cancelled';
  /** What its worker answered, or why it failed. */
  readonly output: unknown;
}

/** A job that was given up. */
export interface DeadJob {
  readonly id: string;
  readonly queue: string;
  readonly data: unknown;
  /** Why its last attempt failed. */
  readonly output: unknown;
  /** RFC 3339 in UTC. */
  readonly since: string;
}

/** A notification of another process: a job was sent to a queue, or a job has ended. */
export type QueueNews = { readonly sent: string } | { readonly ended: string };

/** Options of {@link TaskQueue.open}. */
export interface QueueOptions {
  /** The URL of the owner. */
  readonly url: string;
  readonly logger: Logger;
  /** The worker whose connections these are. Default: a command's, which only sends and looks. */
  readonly workerId?: string | undefined;
  /** Queues that it takes jobs from, besides those that there always are. */
  readonly queues?: readonly QueueName[];
}

/** The queue, as a process sees it. */
export class TaskQueue {
  readonly #boss: PgBoss;
  readonly #options: QueueOptions;
  /** Listeners for what happens in other processes. */
  readonly #receivers = new Set<(news: QueueNews) => void>();
  /** The queues that are there for sure. */
  readonly #made = new Set<string>();
  #listener: pg.Client | undefined;
  #isClosed = false;

  private constructor(boss: PgBoss, options: QueueOptions) {
    this.#boss = boss;
    this.#options = options;
  }

  /**
   * Connects, and makes the queue's tables where there are none.
   *
   * @throws DaybookError `PACKAGE_MISSING` where the project has no pg-boss.
   */
  static async open(options: QueueOptions): Promise<TaskQueue> {
    const { url, logger, workerId } = options;
    // It is slow to load, and only who shares work needs it.
    if (findOptionalPackage('pg-boss') === undefined)
      throw packageMissing('pg-boss', 'Sharing work');
    const { PgBoss } = await import('pg-boss');
    const boss = new PgBoss({
      connectionString: url,
      application_name: workerId === undefined ? 'daybook queue' : sessionName(workerId),
      schema: queueSchema,
      max: 3,
      schedule: false,
      supervise: workerId !== undefined,
      monitorIntervalSeconds: 30,
      registerInstance: false,
      openTelemetry: { enabled: false },
    });
    boss.on('error', (error) => {
      logger.debug(`the queue: ${error.message}`);
    });
    await boss.start();
    try {
      const queue = new TaskQueue(boss, options);
      await queue.make([...queueNames, ...(options.queues ?? [])]);
      if (workerId !== undefined) await queue.#connectListener();
      return queue;
    } catch (error) {
      await boss.stop({ graceful: false });
      throw error;
    }
  }

  /**
   * Tells of what happens elsewhere, as soon as it does. News may be lost with a connection, so whoever listens looks
   * now and then, too.
   *
   * @returns Stops listening.
   */
  listen(receive: (news: QueueNews) => void): () => void {
    this.#receivers.add(receive);
    return () => {
      this.#receivers.delete(receive);
    };
  }

  async #connectListener(): Promise<void> {
    const { url, workerId } = this.#options;
    const name = workerId === undefined ? 'daybook queue' : sessionName(workerId);
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      keepAlive: true,
      connectionTimeoutMillis: 15_000,
    });
    this.#listener = client;
    client.on('notification', ({ payload = '' }) => {
      const [what = '', name = ''] = payload.split(' ');
      const news = what === 'sent' ? { sent: name } : { ended: name };
      for (const receive of this.#receivers) receive(news);
    });
    const lost = (): void => {
      if (this.#listener !== client) return;
      this.#listener = undefined;
      client.end().catch(() => undefined);
      if (this.#isClosed) return;
      setTimeout(() => {
        if (!this.#isClosed) this.#connectListener().catch(() => undefined);
      }, 500).unref();
    };
    client.on('error', lost).on('end', lost);
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      lost();
      throw error;
    }
  }

  /**
   * Sends a job. Where one with the same key waits or is at work already, it is that one.
   *
   * @param key - What the job is about.
   * @param priority - A higher one is handed out before others.
   * @returns The job's number.
   */
  async send(queue: QueueName, data: object, key: string, priority = 0): Promise<string> {
    await this.make([queue]);
    for (;;) {
      const id = await this.#boss.send(queue, data, {
        ...{ singletonKey: key, priority, retryLimit: mostAttempts(queue) - 1 },
        // A run has no other leader meanwhile.
        retryBackoff: queue !== 'runs',
      });
      if (id !== null) {
        await this.#tell(`sent ${queue}`);
        return id;
      }
      const jobs = await this.#boss.findJobs(queue, { key });
      const open = jobs.find(({ state }) => isOpen(state));
      if (open !== undefined) return open.id;
    }
  }

  /**
   * Takes jobs on, those of the highest priority first.
   *
   * @param most - The most of them.
   * @param maxPriority - Leaves those of a higher one to others.
   */
  async take(queue: QueueName, most: number, maxPriority?: number): Promise<TakenJob[]> {
    const limit = maxPriority === undefined ? {} : { maxPriority };
    const jobs = await this.#boss.fetch<unknown>(queue, { batchSize: most, ...limit });
    return jobs.map(({ id, retryCount, data }) => ({ queue, id, retryCount, data }));
  }

  /** Those of the queues in which a job waits: one cheap question, whereas each attempt to take is a statement that writes. */
  async waiting(names: readonly QueueName[]): Promise<QueueName[]> {
    const answer: { rows: { name: QueueName }[] } = await this.#boss.getDb().executeSql(
      `select queue.name
      from unnest($1::text[]) as queue (name)
      where exists (
        select from ${queueSchema}.job
        where job.name = queue.name and job.state in ('created', 'retry') and job.start_after <= now()
      )`,
      [names],
    );
    return answer.rows.map(({ name }) => name);
  }

  /** Sends a heartbeat for jobs. */
  async touch(jobs: readonly TakenJob[]): Promise<void> {
    for (const name of new Set(jobs.map(({ queue }) => queue))) {
      const own = jobs.filter(({ queue }) => queue === name).map(attemptOf);
      if (own.length > 0) await this.#boss.touch(name, own);
    }
  }

  /** Ends a job with an answer; one that was given to another is left alone. */
  async complete(job: TakenJob, answer: object | null): Promise<void> {
    await this.#boss.complete(job.queue, attemptOf(job), answer);
    await this.#tell(`ended ${job.id}`);
  }

  /** Gives a job back: it is tried again after a while, or given up when it was tried often enough. */
  async fail(job: TakenJob, reason: object): Promise<void> {
    await this.#boss.fail(job.queue, attemptOf(job), reason);
    await this.#tell(`ended ${job.id}`);
    // The first attempts follow each other within a second.
    setTimeout(() => {
      this.#tell(`sent ${job.queue}`).catch(() => undefined);
    }, 1050).unref();
  }

  /** Withdraws jobs, wherever they are. */
  async cancel(queue: QueueName, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#boss.cancel(queue, [...ids]);
  }

  /** The state of a job; undefined: there is none. */
  async find(queue: QueueName, id: string): Promise<JobState | undefined> {
    const [job] = await this.#boss.findJobs(queue, { id });
    if (job === undefined) return undefined;
    const { state, output } = job;
    return isOpen(state) ? { state: 'open', output } : { state: closed(state), output };
  }

  /** What was given up, oldest first. */
  async deadJobs(): Promise<DeadJob[]> {
    const jobs = await this.#boss.findJobs<unknown>(deadQueue, { queued: true });
    return jobs.map(({ id, sourceName, data, sourceOutput, createdOn }) => ({
      ...{ id, queue: sourceName ?? '', data, output: sourceOutput },
      since: createdOn.toISOString(),
    }));
  }

  /** Sends what was given up to its queues again. @returns How many. */
  async retryDead(ids: readonly string[]): Promise<number> {
    const names = (await this.deadJobs()).filter(({ id }) => ids.includes(id));
    const count = await this.#boss.redrive(deadQueue, { ids: [...ids] });
    for (const name of new Set(names.map(({ queue }) => queue))) await this.#tell(`sent ${name}`);
    return count;
  }

  /** Forgets what was given up. */
  async dropDead(ids: readonly string[]): Promise<void> {
    await this.#boss.deleteJob(deadQueue, [...ids]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#listener?.end().catch(() => undefined);
    await this.#boss.stop({ graceful: false });
  }

  /** Makes the queues that are missing; an existing one keeps its settings. */
  async make(names: readonly QueueName[]): Promise<void> {
    const missing = names.filter((name) => !this.#made.has(name));
    if (missing.length === 0) return;
    const found = new Set((await this.#boss.getQueues()).map(({ name }) => name));
    if (!found.has(deadQueue)) await this.#boss.createQueue(deadQueue, { retryLimit: 0 });
    for (const name of missing) {
      if (!found.has(name)) await this.#boss.createQueue(name, queueOptions);
      this.#made.add(name);
    }
  }

  async #tell(news: string): Promise<void> {
    await this.#boss.getDb().executeSql('select pg_notify($1, $2)', [channel, news]);
  }
}

function attemptOf({ id, retryCount }: TakenJob): { id: string; retryCount: number } {
  return { id, retryCount };
}

function isOpen(state: string): boolean {
  return state === 'created' || state === 'retry' || state === 'active';
}

function closed(state: string): 'completed' | 'failed' | 'cancelled' {
  return state === 'completed' || state === 'cancelled' ? state : 'failed';
}
