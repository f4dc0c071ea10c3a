// A worker: takes jobs from the queue as long as it has room, does them, and watches over the other workers.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { DaybookError, describeError } from '../errors.js';
import { cancelledAmong, cancelledError } from '../history/runs/cancelled-run.js';
import { endQueuedRun } from '../history/runs/queued-runs.js';
import type { TaskClaim } from '../history/workers/task-claim.js';
import { toTaskError } from '../history/reports/task-error.js';
import {
  beat,
  claimTask,
  endWorker,
  forgetWorkers,
  giveUpSilentWorkers,
  leaseSeconds,
  releaseTask,
  sessionName,
  startWorker,
} from '../history/workers/workers.js';
import type { Logger } from '../logger.js';
import { EncoderThreads } from '../pipeline/load/encode/encoder-threads.js';
import { createPool } from '../warehouse/connect/pool.js';
import { withSettings } from '../warehouse/connect/session-settings.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';
import { isTransient } from '../warehouse/connect/is-transient.js';
import { doTask, passingError, ProjectsOfRuns } from './do-task.js';
import { jobName, mostAttempts, type QueueName, type RunJob, type TaskJob } from './job.js';
import { leadRun, type LeaderPlace } from './lead-run.js';
import { TaskQueue, type TakenJob } from './task-queue.js';

/** How often a worker says that it is there, and looks after the others, in milliseconds. */
const beatMs = 1000;

/** How many beats lie between two looks into the queue without news. */
const beatsPerLook = 2;

/** How many beats lie between two signs of life for the jobs themselves. */
const beatsPerTouch = 15;

/** Options of {@link runWorker}. */
export interface WorkerOptions {
  /** The URL of the owner. */
  readonly url: string;
  readonly config: Config;
  readonly codeVersion: string | undefined;
  readonly queues: readonly QueueName[];
  /** The most tasks at once, besides a run that it leads. */
  readonly jobs: number;
  /** How long tasks may go on after the worker was asked to end, in milliseconds. */
  readonly drainMs: number;
  /** Asks the worker to end. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly leading?: LeaderPlace['leading'];
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
  readonly runId: number;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** One life of a worker: until it is asked to end, or given up by the others. */
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

  private constructor(options: WorkerOptions, workerId: string, pool: Pool, queue: TaskQueue) {
    this.#options = options;
    this.#workerId = workerId;
    this.#pool = pool;
    this.#queue = queue;
    this.#projects = new ProjectsOfRuns(options.config);
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const { url, logger, codeVersion, queues, jobs } = options;
    const workerId = randomUUID();
    const named = withName(url, sessionName(workerId));
    const pool = createPool(await withCheckedClient(named, logger), logger);
    try {
      const queue = await TaskQueue.open({ url, logger, workerId });
      await forgetWorkers(pool);
      const self = { workerId, host: hostname(), processId: process.pid };
      await startWorker(pool, { ...self, codeVersion, queues, jobs });
      return new Worker(options, workerId, pool, queue);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** Works; resolves when this life is over. */
  async ended(): Promise<void> {
    const { signal, queues } = this.#options;
    const stopListening = this.#queue.listen((news) => {
      const sent = queues.find((name) => 'sent' in news && name === news.sent);
      if (sent !== undefined) this.#look([sent]);
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

  /** Says that it is there, and gives up those that do not. */
  async #beat(): Promise<void> {
    const { logger } = this.#options;
    this.#beats += 1;
    try {
      if (!(await beat(this.#pool, this.#workerId))) {
        this.#lose();
        return;
      }
      this.#heard = performance.now();
      for (const task of await giveUpSilentWorkers(this.#pool)) {
        logger.warn(`${task.task} goes to another worker: the one that had it is gone`);
        const reason = { code: 'TASK_LOST', message: 'the worker that had it is gone' };
        const queue = task.queue as QueueName;
        const job = { queue, id: task.jobId, retryCount: task.attempt, data: null };
        await this.#queue.fail(job, reason);
        if (queue === 'runs' && task.attempt + 1 >= mostAttempts && task.runId !== null) {
          await endQueuedRun(this.#pool, task.runId);
        }
      }
      await this.#stopCancelled();
      if (this.#beats % beatsPerTouch === 0) {
        await this.#queue.touch([...this.#running.values()].map(({ job }) => job));
      }
      if (this.#beats % beatsPerLook === 0) this.#look();
    } catch (error) {
      logger.debug(`the warehouse did not hear this worker: ${describeError(error)}`);
      if (performance.now() - this.#heard > leaseSeconds * 1000) this.#lose();
    }
  }

  #lose(): void {
    this.#options.logger.warn('this worker was silent for too long, and begins anew');
    this.#lost.abort(new DaybookError('TASK_LOST', 'this worker was given up by the others'));
  }

  async #stopCancelled(): Promise<void> {
    const tasks = [...this.#running.values()].filter(({ job }) => job.queue !== 'runs');
    const cancelled = await cancelledAmong(this.#pool, [
      ...new Set(tasks.map(({ runId }) => runId)),
    ]);
    for (const { runId, stop } of tasks) if (cancelled.has(runId)) stop.abort(cancelledError());
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
      const most = this.#roomFor(name);
      if (most <= 0) continue;
      const jobs = await this.#queue.take(name, most);
      for (const job of jobs) this.#begin(job);
    }
  }

  /** One run is led at a time, and takes no place of a task: its tasks need them. */
  #roomFor(name: QueueName): number {
    if (this.#options.signal.aborted || this.#lost.signal.aborted) return 0;
    const running = [...this.#running.values()].map(({ job }) => job.queue);
    const led = running.filter((queue) => queue === 'runs').length;
    return name === 'runs' ? 1 - led : this.#options.jobs - (running.length - led);
  }

  #begin(job: TakenJob): void {
    const stop = new AbortController();
    const { runId } = job.data as RunJob;
    const signal = AbortSignal.any([stop.signal, this.#lost.signal]);
    const done = this.#do(job, runId, signal).finally(() => {
      this.#running.delete(job.id);
      this.#look();
    });
    this.#running.set(job.id, { job, runId, stop, done });
  }

  async #do(job: TakenJob, runId: number, signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    const data = job.data as RunJob | TaskJob;
    const claim = { jobId: job.id, attempt: job.retryCount, workerId: this.#workerId };
    const isLast = job.retryCount + 1 >= mostAttempts;
    try {
      await claimTask(this.#pool, { ...claim, queue: job.queue, runId, task: jobName(data) });
      if ('task' in data) await this.#doTask(job, data, claim, { signal, isLast });
      else {
        await leadRun(data, { ...this.#leaderPlace(signal, isLast) });
        await this.#queue.complete(job, null);
      }
    } catch (error) {
      if (this.#lost.signal.aborted) return;
      if (error instanceof DaybookError && error.code === 'INTERRUPTED') {
        await this.#queue.cancel(job.queue, [job.id]).catch(() => undefined);
      } else {
        logger.warn(`${jobName(data)} is given back: ${describeError(error)}`);
        await this.#queue.fail(job, toTaskError(error)).catch(() => undefined);
        if (isLast && job.queue === 'runs') await endQueuedRun(this.#pool, runId);
      }
    } finally {
      await releaseTask(this.#pool, claim).catch(() => undefined);
    }
  }

  async #doTask(
    job: TakenJob,
    data: TaskJob,
    claim: TaskClaim,
    { signal, isLast }: { readonly signal: AbortSignal; readonly isLast: boolean },
  ): Promise<void> {
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

  #leaderPlace(signal: AbortSignal, isLast: boolean): LeaderPlace {
    const { config, codeVersion, logger, leading } = this.#options;
    const isLeftToOthers = (error: unknown): boolean =>
      this.#lost.signal.aborted ||
      (error instanceof DaybookError && error.code === 'WORKER_STOPPED') ||
      (!isLast && isTransient(error));
    return {
      ...{ pool: this.#pool, queue: this.#queue, config, codeVersion, signal, logger, leading },
      isLeftToOthers,
    };
  }

  /** Ends what it is at within the limit, and gives the rest back. */
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

/**
 * Lets the server see within a second that the process is gone, also in the middle of a query; where it can: that
 * depends on its platform.
 */
async function withCheckedClient(url: string, logger: Logger): Promise<string> {
  const checked = withSettings(url, { client_connection_check_interval: '1s' });
  const pool = createPool(checked, logger);
  try {
    await pool.query('select 1');
    return checked;
  } catch (error) {
    if (sqlstateOf(error) !== sqlstate.invalidParameterValue) throw error;
    return url;
  } finally {
    await pool.end();
  }
}

/** Gives the sessions of a URL a name. */
function withName(url: string, name: string): string {
  const named = new URL(url);
  named.searchParams.set('application_name', name);
  // Postgres's client does not read "+" as a blank.
  named.search = named.search.replaceAll('+', '%20');
  return named.href;
}
