// This folder renders notebooks as HTML. The renderer (this file) runs jobs in processes of their own
// (render-*.ts). In each, rendered-notebook.ts reads a notebook (notebook/) cell by cell: prose (markdown/) and
// outputs (output/) become trees that are sanitised and serialised (html/); text/ has terminal colours and syntax
// highlighting.

import { DaybookError } from '../../errors.js';
import { wholePage, type Reason } from './pieces.js';
import { RenderChild } from './render-child.js';
import type { RenderFailure, RenderJob, RenderLimits, RenderResults } from './render-job.js';

/** Far above the needs of any real page; measured in docs/performance.md. */
const defaultLimits: RenderLimits = { pieceMs: 3000, jobMs: 15_000, memory: 1024 };

/** The most processes. */
const mostChildren = 3;

/** How long an idle process beyond the first is kept, in milliseconds. */
const idleMs = 10_000;

/** The most pieces of a job that may exceed their limit before the whole job is shown as text. */
const maxCuts = 4;

/** The result of a job. */
export interface Rendering<Result> {
  readonly result: Result;
  /** The pieces that are shown as text. */
  readonly plain: ReadonlyMap<string, Reason>;
}

/** A job in the queue or in work. */
interface Task {
  readonly job: RenderJob;
  readonly plain: Map<string, Reason>;
  readonly onSlow: () => void;
  readonly resolve: (rendering: Rendering<RenderResults[RenderJob['kind']]>) => void;
  readonly reject: (error: unknown) => void;
  /** Whether the process reports each piece, because a previous one was killed without reporting it. */
  isWatched: boolean;
  cuts: number;
}

/**
 * Renders in a pool of processes, with a limit of time and memory for every piece. A piece that exceeds it is
 * stopped with its thread, and the job is repeated with that piece as text. Repeated jobs wait for all others, and
 * only one of them is in work at a time, so that other jobs never wait for them.
 */
export class Renderer {
  readonly #limits: RenderLimits;
  readonly #idle: { child: RenderChild; timer: NodeJS.Timeout | undefined }[] = [];
  readonly #busy = new Set<RenderChild>();
  /** Busy processes with a slow piece. */
  readonly #slow = new Set<RenderChild>();
  readonly #waiting: Task[] = [];
  #suspects = 0;

  constructor(limits: RenderLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Starts the first process in advance. */
  start(): void {
    if (this.#idle.length + this.#busy.size === 0) this.#rest(new RenderChild(this.#limits));
  }

  /**
   * Runs a job.
   *
   * @param onSlow - Called when a piece is slow, when the job is repeated, and when it waits behind such jobs.
   * @throws DaybookError of an invalid document, or `RENDER_LIMIT`.
   */
  render<Job extends RenderJob>(
    job: Job,
    onSlow: () => void = () => undefined,
  ): Promise<Rendering<RenderResults[Job['kind']]>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        ...{ job, onSlow, reject, plain: new Map(), isWatched: false, cuts: 0 },
        // The process returns the result type of the job's kind.
        resolve: resolve as Task['resolve'],
      });
      this.#next();
    });
  }

  /** Ends the processes; jobs in work are rejected. */
  close(): void {
    for (const { child, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      child.close();
    }
    for (const task of this.#waiting.splice(0)) task.reject(new Error('the renderer is closed'));
    for (const child of this.#busy) child.close();
  }

  #next(): void {
    if (this.#busy.size >= mostChildren) {
      // All processes are slow, so waiting jobs are, too.
      if (this.#slow.size >= mostChildren) for (const { onSlow } of this.#waiting) onSlow();
      return;
    }
    const fresh = this.#waiting.findIndex(({ cuts }) => cuts === 0);
    const index = fresh < 0 && this.#suspects === 0 ? 0 : fresh;
    const [task] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (task === undefined) return;
    void this.#work(task, this.#takeChild());
    this.#next();
  }

  #takeChild(): RenderChild {
    for (let rested = this.#idle.pop(); rested !== undefined; rested = this.#idle.pop()) {
      clearTimeout(rested.timer);
      if (!rested.child.isGone) return rested.child;
    }
    return new RenderChild(this.#limits);
  }

  async #work(task: Task, child: RenderChild): Promise<void> {
    const isSuspect = task.cuts > 0;
    if (isSuspect) this.#suspects += 1;
    this.#busy.add(child);
    let piece = wholePage;
    const faults: [string, Reason][] = [];
    const { job, plain, isWatched } = task;
    const end = await child.do({ job, plain, isWatched }, (message) => {
      if ('begin' in message) piece = message.begin;
      else if ('fault' in message) faults.push([message.fault, 'fault']);
      else {
        this.#slow.add(child);
        task.onSlow();
        this.#next();
      }
    });
    this.#busy.delete(child);
    this.#slow.delete(child);
    if (isSuspect) this.#suspects -= 1;
    if (!child.isGone) this.#rest(child);
    if (end === undefined) this.#again(task, task.isWatched ? piece : undefined, 'memory');
    else if ('cut' in end) this.#again(task, end.cut, end.reason);
    else if ('failed' in end) task.reject(errorOf(end.failed));
    else task.resolve({ result: end.done, plain: new Map([...task.plain, ...faults]) });
    this.#next();
  }

  /** Repeats a job with the piece at which it was stopped shown as text. */
  #again(task: Task, piece: string | undefined, reason: Reason): void {
    task.onSlow();
    if (task.plain.has(wholePage)) {
      task.reject(tooMuch(task.job));
      return;
    }
    task.cuts += 1;
    if (piece === undefined) task.isWatched = true;
    else task.plain.set(task.cuts > maxCuts ? wholePage : piece, reason);
    this.#waiting.push(task);
  }

  /** Keeps an idle process for the next job. */
  #rest(child: RenderChild): void {
    const rested = { child, timer: undefined as NodeJS.Timeout | undefined };
    this.#idle.push(rested);
    if (this.#idle.length + this.#busy.size === 1) return;
    rested.timer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(rested), 1);
      child.close();
    }, idleMs).unref();
  }
}

let ownRenderer: Renderer | undefined;

/** The shared renderer of this process. */
export function processRenderer(): Renderer {
  return (ownRenderer ??= new Renderer());
}

function tooMuch(job: RenderJob): DaybookError {
  return new DaybookError('RENDER_LIMIT', 'It takes more time or memory than a page may', {
    where: 'name' in job ? job.name : undefined,
    hint: 'Let the notebook put out less',
  });
}

function errorOf({ code, message, where, hint, stack }: RenderFailure): Error {
  const error =
    code === undefined ? new Error(message) : new DaybookError(code, message, { where, hint });
  if (stack !== undefined) error.stack = stack;
  return error;
}
