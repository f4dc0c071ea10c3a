// The rendering process: watches over the thread that renders, and ends it at a limit.

import { Worker } from 'node:worker_threads';
import type { RenderLimits, RenderMessage, RenderOrder } from './render-job.js';
import { wholePage } from './pieces.js';

/** The polling interval of the thread's processor time, in milliseconds. */
const pollMs = 20;

/** From here on a piece is reported as slow, in milliseconds of processor time. */
const slowMs = 80;

const limits = JSON.parse(process.argv[2] ?? '') as RenderLimits;

/** The job in work. */
interface Work {
  readonly isWatched: boolean;
  /** Undefined: not begun; a new thread is still loading its program. */
  readonly startedAt: number | undefined;
  readonly piece: string;
  readonly pieceStartedAt: number;
  readonly isSlow: boolean;
}

let thread = startThread();
let work: Work | undefined;

/** Processor time of this process, in milliseconds; all of it is the thread's. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function startThread(): Worker {
  const started = new Worker(new URL('./render-thread.js', import.meta.url), {
    workerData: process.env['DAYBOOK_LOCALE'],
    resourceLimits: { maxOldGenerationSizeMb: limits.memory },
  });
  started.on('message', (message: RenderMessage) => {
    if (started === thread) onMessage(message);
  });
  started.on('error', (error: NodeJS.ErrnoException) => {
    if (started !== thread) return;
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') stop('memory');
    else throw error;
  });
  return started;
}

function report(message: RenderMessage): void {
  process.send?.(message);
}

function onMessage(message: RenderMessage): void {
  if (work === undefined) return;
  if ('begin' in message) {
    const now = processorMs();
    work = {
      ...work,
      startedAt: work.startedAt ?? now,
      piece: message.begin,
      pieceStartedAt: now,
    };
    if (work.isWatched) report(message);
    return;
  }
  if ('done' in message || 'failed' in message) work = undefined;
  report(message);
}

/** Ends the thread in the middle of a piece, and starts another one. */
function stop(reason: 'time' | 'memory', piece = work?.piece): void {
  const before = thread;
  thread = startThread();
  void before.terminate();
  if (work !== undefined && piece !== undefined) report({ cut: piece, reason });
  work = undefined;
}

function checkLimits(): void {
  if (work?.startedAt === undefined) return;
  const now = processorMs();
  const spent = now - work.pieceStartedAt;
  if (now - work.startedAt > limits.jobMs) stop('time', wholePage);
  else if (spent > limits.pieceMs) stop('time');
  else if (spent > slowMs && !work.isSlow) {
    work = { ...work, isSlow: true };
    report({ slow: true });
  }
}

setInterval(checkLimits, pollMs).unref();

process.on('message', ({ job, plain, isWatched }: RenderOrder) => {
  work = {
    ...{ isWatched, isSlow: false, startedAt: undefined },
    ...{ piece: wholePage, pieceStartedAt: 0 },
  };
  thread.postMessage({ job, plain, isWatched } satisfies RenderOrder);
});
// The parent decides when the process ends; signals of a terminal's group are ignored.
process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
process.on('disconnect', () => {
  process.exit();
});
// The parent may have ended while this program was loading.
if (!process.connected) process.exit();
