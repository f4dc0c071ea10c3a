// A worker: takes jobs from the queue while it has room, does them, and takes over from workers whose heartbeat is
// gone.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment/env-file.js';
import { DaybookError, describeError } from '../errors.js';
import type { TaskClaim } from '../history/workers/task-claim.js';
import { toTaskError } from '../history/reports/task-error.js';
import {
  beat,
  claimTask,
  endWorker,
  forgetWorkers,
  giveUpSilentWorkers,
  leaseSeconds,
  readFleet,
  releaseTask,
  sessionName,
  startWorker,
  type Fleet,
} from '../history/workers/workers.js';
import type { Logger } from '../logger.js';
import { EncoderThreads } from '../pipeline/load/encode/encoder-threads.js';
import { createPool } from '../warehouse/connect/pool.js';
import { isTransient } from '../warehouse/connect/is-transient.js';
import { doTask, passingError, ProjectsOfRuns } from './do-task.js';
import { doNotebook } from './do-notebook.js';
import { isOurTurn } from './fleet-turn.js';
import {
  jobName,
  mostAttempts,
  type Job,
  type NotebookJob,
  type QueueName,
  type TaskJob,
} from './job.js';
import { abandonRun, runsOf, stopCancelledJobs } from './job-runs.js';
import { leadNotebooks } from './lead-notebooks.js';
import { leadRun } from './lead-run.js';
import type { LeaderPlace } from './leader-place.js';
import { roomOf, type Room } from './room.js';
import { TaskQueue, type TakenJob } from './task-queue.js';
import { workerSessions } from './worker-sessions.js';

/** The interval of heartbeats, and of the check for workers without one, in milliseconds. */
const beatMs = 1000;

/** The number of heartbeats between two polls of the queue without a notification. */
const beatsPerLook = 2;

/** The number of heartbeats between two of the jobs themselves, and between two countings of the workers. */
const beatsPerTouch = 15;

/** Options of {@link runWorker}. */
export interface WorkerOptions {
  /** The URL of the owner. */
  readonly url: string;
  /** The URL that notebooks read by. */
  readonly readerUrl: string;
  readonly config: Config;
  /** The environment of this process; kernels get a part of it. */
  readonly env: Environment;
  readonly codeVersion: string | undefined;
  readonly queues: readonly QueueName[];
  /** The most tasks at once, besides a run that it leads. */
  readonly jobs: number;
  /** What kernels may take together, in bytes. Default: as much as there is. */
  readonly memory?: number | undefined;
  /** How long tasks may go on after the worker was asked to end, in milliseconds. */
  readonly drainMs: number;
  /** Asks the worker to end. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly leading?: LeaderPlace['leading'];
  readonly leadingNotebooks?: LeaderPlace['leadingNotebooks'];
}

/**
 * Works until `signal` is aborted; then ends what it is at, within a limit, and gives the rest back. A worker that
 * the others have given up, since it was silent for too long, drops all that it had, and begins again as a new one.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { signal, logger } = options;
  while (!signal.aborted) {
    try {
      const worker = await Worker.start(options);
      await worker.ended();
    } catch (error) {
      if (!isTransient(error)) throw error;
      logger.warn(`the warehouse is away: ${describeError(error)}`);
      await sleep(2000, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A job at work. */
interface RunningJob {
  readonly job: TakenJob;
  readonly data: Job;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** An attempt at a task. */
interface Attempt {
  readonly claim: TaskClaim;
  readonly signal: AbortSignal;
  /** Whether there is no attempt after this one. */
  readonly isLast: boolean;
}

/** A worker from its registration until it is asked to end, or given up by the others. */
class Worker {
  readonly #options: WorkerOptions;
  readonly #workerId: string;
  readonly #pool: Pool;
  readonly #queue: TaskQueue;
  readonly #projects: ProjectsOfRuns;
  readonly #threads = new EncoderThreads();
  readonly #running = new Map<string, RunningJob>();
  /** Aborted: nothing is this worker's any more. */
  readonly #lost = new AbortController();
  #taking: Promise<void> | undefined;
  /** The queues in which something may be. */
  readonly #toLookAt = new Set<QueueName>();
  #heard = performance.now();
  #beats = 0;
  /** The size of the fleet when it was last counted. */
  #fleet: Fleet = { workers: 1, idle: 1 };

  private constructor(options: WorkerOptions, workerId: string, pool: Pool, queue: TaskQueue) {
    this.#options = options;
    this.#workerId = workerId;
    this.#pool = pool;
    this.#queue = queue;
    this.#projects = new ProjectsOfRuns(options.config);
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const { url, logger, codeVersion, queues, jobs, memory = null } = options;
    const workerId = randomUUID();
    const sessions = await workerSessions(url, sessionName(workerId), logger);
    const pool = createPool(sessions, logger);
    try {
      const queue = await TaskQueue.open({ url, logger, workerId, queues });
      await forgetWorkers(pool);
      const self = { workerId, host: hostname(), processId: process.pid };
      await startWorker(pool, { ...self, codeVersion, queues, jobs, memory });
      return new Worker(options, workerId, pool, queue);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** Works until it is asked to end, or given up by the others. */
  async ended(): Promise<void> {
    const { signal, queues } = this.#options;
    const stopListening = this.#queue.listen((news) => {
      const sent = queues.find((name) => 'sent' in news && name === news.sent);
      if (sent !== undefined && isOurTurn(this.#fleet.idle)) this.#look([sent]);
    });
    this.#look();
    const over = AbortSignal.any([signal, this.#lost.signal]);
    try {
      const waited = () => sleep(beatMs, true, { signal: over }).catch(() => false);
      while (await waited()) await this.#beat();
      await this.#drain();
    } finally {
      stopListening();
      await this.#threads.close();
      await endWorker(this.#pool, this.#workerId).catch(() => undefined);
      await this.#queue.close();
      await this.#pool.end();
    }
  }

  /** Sends a heartbeat, and gives up workers without one. */
  async #beat(): Promise<void> {
    const { logger } = this.#options;
    this.#beats += 1;
    try {
      if (!(await beat(this.#pool, this.#workerId))) {
        this.#lose();
        return;
      }
      this.#heard = performance.now();
      const lost = isOurTurn(this.#fleet.workers) ? await giveUpSilentWorkers(this.#pool) : [];
      for (const task of lost) {
        logger.warn(`${task.task} goes to another worker: the one that had it is gone`);
        const reason = { code: 'TASK_LOST', message: 'the worker that had it is gone' };
        const queue = task.queue as QueueName;
        const job = { queue, id: task.jobId, retryCount: task.attempt, data: null };
        await this.#queue.fail(job, reason);
        if (queue === 'runs' && task.attempt + 1 >= mostAttempts(queue)) {
          await abandonRun(this.#pool, task);
        }
      }
      await stopCancelledJobs(this.#pool, [...this.#running.values()]);
      if (this.#beats % beatsPerTouch === 0) {
        await this.#queue.touch([...this.#running.values()].map(({ job }) => job));
        this.#fleet = await readFleet(this.#pool);
      }
      if (this.#beats % beatsPerLook === 0) {
        this.#look(await this.#queue.waiting(this.#options.queues));
      }
    } catch (error) {
      logger.debug(`the warehouse did not hear this worker: ${describeError(error)}`);
      if (performance.now() - this.#heard > leaseSeconds * 1000) this.#lose();
    }
  }

  #lose(): void {
    this.#options.logger.warn('this worker was silent for too long, and begins anew');
    this.#lost.abort(new DaybookError('TASK_LOST', 'this worker was given up by the others'));
  }

  /** Looks for jobs, unless it is at that already: then once more. */
  #look(names: readonly QueueName[] = this.#options.queues): void {
    for (const name of names) this.#toLookAt.add(name);
    this.#taking ??= this.#takeAll()
      .catch((error: unknown) => {
        this.#options.logger.debug(`the queue cannot be asked: ${describeError(error)}`);
      })
      .finally(() => {
        this.#taking = undefined;
        // What came in between is not left until the next look.
        if (this.#toLookAt.size > 0) this.#look([]);
      });
  }

  async #takeAll(): Promise<void> {
    for (const name of this.#toLookAt) {
      this.#toLookAt.delete(name);
      const { jobs: most, maxPriority } = this.#roomFor(name);
      if (most <= 0) continue;
      const taken = await this.#queue.take(name, most, maxPriority);
      for (const job of taken) this.#begin(job);
      // What the first leaves room for is known when it has been taken.
      if (taken.length > 0 && maxPriority !== undefined) this.#toLookAt.add(name);
    }
  }

  #roomFor(name: QueueName): Room {
    const { signal, jobs, memory } = this.#options;
    if (signal.aborted || this.#lost.signal.aborted) return { jobs: 0 };
    return roomOf(name, { jobs, memory }, [...this.#running.values()]);
  }

  #begin(job: TakenJob): void {
    const stop = new AbortController();
    const data = job.data as Job;
    const signal = AbortSignal.any([stop.signal, this.#lost.signal]);
    const done = this.#do(job, data, signal).finally(() => {
      this.#running.delete(job.id);
      this.#look();
    });
    this.#running.set(job.id, { job, data, stop, done });
  }

  async #do(job: TakenJob, data: Job, signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    const claim = { jobId: job.id, attempt: job.retryCount, workerId: this.#workerId };
    const isLast = job.retryCount + 1 >= mostAttempts(job.queue);
    try {
      const runs = runsOf(data);
      await claimTask(this.#pool, { ...claim, ...runs, queue: job.queue, task: jobName(data) });
      const attempt = { claim, signal, isLast };
      if (!('task' in data)) {
        const place = this.#leaderPlace(signal, isLast);
        await ('runId' in data ? leadRun(data, place) : leadNotebooks(data, claim, place));
        await this.#queue.complete(job, null);
      } else if ('runId' in data) await this.#doTask(job, data, attempt);
      else await this.#doNotebook(job, data, attempt);
    } catch (error) {
      if (this.#lost.signal.aborted) return;
      if (error instanceof DaybookError && error.code === 'INTERRUPTED') {
        await this.#queue.cancel(job.queue, [job.id]).catch(() => undefined);
      } else {
        logger.warn(`${jobName(data)} is given back: ${describeError(error)}`);
        await this.#queue.fail(job, toTaskError(error)).catch(() => undefined);
        if (isLast && job.queue === 'runs') await abandonRun(this.#pool, runsOf(data));
      }
    } finally {
      await releaseTask(this.#pool, claim).catch(() => undefined);
    }
  }

  async #doTask(job: TakenJob, data: TaskJob, { claim, signal, isLast }: Attempt): Promise<void> {
    const site = {
      ...{ pool: this.#pool, config: this.#options.config },
      ...{ projects: this.#projects, threads: this.#threads },
    };
    try {
      const answer = await doTask(data, claim, signal, site);
      const passing = passingError(answer);
      if (passing === undefined || isLast) await this.#queue.complete(job, answer);
      else await this.#queue.fail(job, passing);
    } catch (error) {
      if (error instanceof DaybookError && error.code === 'PROJECT_DIFFERS') {
        this.#projects.forget();
      }
      throw error;
    }
  }

  async #doNotebook(job: TakenJob, data: NotebookJob, attempt: Attempt): Promise<void> {
    const { readerUrl, config, env, codeVersion, memory = Infinity, logger } = this.#options;
    const place = { pool: this.#pool, readerUrl, config, env, codeVersion, memory, logger };
    await this.#queue.complete(job, await doNotebook(data, { ...place, ...attempt }));
  }

  #leaderPlace(signal: AbortSignal, isLast: boolean): LeaderPlace {
    const { config, env, readerUrl, codeVersion, logger, ...options } = this.#options;
    const { leading, leadingNotebooks } = options;
    const isLeftToOthers = (error: unknown): boolean =>
      this.#lost.signal.aborted ||
      (error instanceof DaybookError && error.code === 'WORKER_STOPPED') ||
      (!isLast && isTransient(error));
    return {
      ...{ pool: this.#pool, queue: this.#queue, config, env, readerUrl, codeVersion },
      ...{ signal, logger, leading, leadingNotebooks },
      isLeftToOthers,
    };
  }

  /** Finishes running tasks within the limit, and gives the others back. */
  async #drain(): Promise<void> {
    const { drainMs, logger } = this.#options;
    const stopped = new DaybookError('WORKER_STOPPED', 'the worker was asked to end', {
      hint: 'another one goes on with it',
    });
    await this.#taking;
    const running = () => [...this.#running.values()];
    // Whoever leads next goes on at once.
    for (const { job, stop } of running()) if (job.queue === 'runs') stop.abort(stopped);
    const tasks = running();
    if (tasks.length > 0) logger.info(`ending: ${tasks.length} at work`);
    const all = Promise.all(tasks.map(({ done }) => done));
    const limit = new AbortController();
    const beats = setInterval(() => {
      beat(this.#pool, this.#workerId).catch(() => undefined);
    }, beatMs);
    try {
      const late = sleep(drainMs, 'late' as const, { signal: limit.signal }).catch(() => 'late');
      if ((await Promise.race([all, late])) === 'late') {
        for (const { stop } of running()) stop.abort(stopped);
      }
      await all;
    } finally {
      limit.abort();
      clearInterval(beats);
    }
  }
}
