import { Worker } from 'node:worker_threads';
import type { RenderLimits, RenderMessage, RenderOrder } from './render-job.js';
import { wholePage } from './pieces.js';

/** How often the thread's processor time is looked at, in milliseconds. */
const lookMs = 20;

/** A piece that takes longer than this is told of, in milliseconds of processor time. */
const slowMs = 80;

const limits = JSON.parse(process.argv[2] ?? '') as RenderLimits;

/** What the thread is at. */
interface Work {
  readonly isWatched: boolean;
  /** Undefined: it has not begun, as a thread that is new still reads its program. */
  readonly startedAt: number | undefined;
  readonly piece: string;
  readonly pieceStartedAt: number;
  readonly isSlow: boolean;
}

let thread = startThread();
let work: Work | undefined;

/** Processor time of this process, in milliseconds: the thread's, for nothing else here costs any. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function startThread(): Worker {
  const started = new Worker(new URL('./render-thread.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: limits.memory },
  });
  started.on('message', (message: RenderMessage) => {
    if (started === thread) hear(message);
  });
  started.on('error', (error: NodeJS.ErrnoException) => {
    if (started !== thread) return;
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') stop('memory');
    else throw error;
  });
  return started;
}

function say(message: RenderMessage): void {
  process.send?.(message);
}

function hear(message: RenderMessage): void {
  if (work === undefined) return;
  if ('begin' in message) {
    const now = processorMs();
    work = {
      ...work,
      startedAt: work.startedAt ?? now,
      piece: message.begin,
      pieceStartedAt: now,
    };
    if (work.isWatched) say(message);
    return;
  }
  if ('done' in message || 'failed' in message) work = undefined;
  say(message);
}

/** Ends the thread in the middle of a piece, and has another one ready. */
function stop(reason: 'time' | 'memory', piece = work?.piece): void {
  const before = thread;
  thread = startThread();
  void before.terminate();
  if (work !== undefined && piece !== undefined) say({ cut: piece, reason });
  work = undefined;
}

function look(): void {
  if (work?.startedAt === undefined) return;
  const now = processorMs();
  const spent = now - work.pieceStartedAt;
  if (now - work.startedAt > limits.jobMs) stop('time', wholePage);
  else if (spent > limits.pieceMs) stop('time');
  else if (spent > slowMs && !work.isSlow) {
    work = { ...work, isSlow: true };
    say({ slow: true });
  }
}

setInterval(look, lookMs).unref();

process.on('message', ({ job, plain, isWatched }: RenderOrder) => {
  work = {
    ...{ isWatched, isSlow: false, startedAt: undefined },
    ...{ piece: wholePage, pieceStartedAt: 0 },
  };
  thread.postMessage({ job, plain, isWatched } satisfies RenderOrder);
});
// Its parent ends it, in its own time; and it never outlives it.
process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
process.on('disconnect', () => {
  process.exit();
});
// It may have been gone before this program was read, when nobody listened yet.
if (!process.connected) process.exit();
