import { Worker } from 'node:worker_threads';
import { DaybookError } from '../../errors.js';
import type { EncodedPart, EncodeJob } from './encode-file.js';
import type { ThreadMessage } from './thread-message.js';

/** A thread's young objects live for a line or a block; more room for them is only more memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

/** Threads run JavaScript only: where this file is run as TypeScript, by tests, they take the build. */
const entry = new URL(
  import.meta.url.endsWith('.ts')
    ? '../../../dist/pipeline/load/encoder-thread.js'
    : './encoder-thread.js',
  import.meta.url,
);

/**
 * Threads that parse files while this one feeds Postgres. A thread is started when none is idle and
 * reads many files in its life: compiling the parser anew takes as long as parsing 30 MB.
 */
export class EncoderThreads {
  readonly #idle: Worker[] = [];

  /** `encodeFile` in another thread. Leaving the iteration early ends that thread. */
  async *encode(job: EncodeJob): AsyncGenerator<EncodedPart> {
    const worker = this.#idle.pop() ?? new Worker(entry, { resourceLimits });
    const messages: ThreadMessage[] = [];
    let broken: Error | undefined;
    let wake: () => void = () => undefined;
    const onMessage = (message: ThreadMessage): void => {
      messages.push(message);
      wake();
    };
    const onError = (error: Error): void => {
      broken ??= error;
      wake();
    };
    const onExit = (code: number): void => {
      onError(new Error(`the thread that reads the file ended with code ${code}`));
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    let isDone = false;
    try {
      worker.postMessage(job);
      for (;;) {
        const message = messages.shift();
        if (message === undefined) {
          if (broken !== undefined) throw broken;
          await new Promise<void>((resolve) => (wake = resolve));
        } else if ('part' in message) {
          const { part } = message;
          // Whoever takes the last part may not ask for another.
          isDone = part.kind === 'end' || (part.kind === 'start' && part.change === 'unchanged');
          yield withBuffers(part);
          if (isDone) return;
          worker.postMessage('taken');
        } else {
          isDone = true;
          const { code, message: text, where, hint, cause } = message.failure;
          throw new DaybookError(code, text, {
            cause,
            ...(where === undefined ? {} : { where }),
            ...(hint === undefined ? {} : { hint }),
          });
        }
      }
    } finally {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      if (isDone) this.#idle.push(worker);
      else await worker.terminate();
    }
  }

  /** Ends the idle threads; those at work end with their iteration. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((worker) => worker.terminate()));
  }
}

/** Buffers arrive as plain arrays of bytes. */
function withBuffers(part: EncodedPart): EncodedPart {
  if (part.kind !== 'block') return part;
  const rejects = part.rejects.map((reject) => ({ ...reject, raw: asBuffer(reject.raw) }));
  return { ...part, rows: asBuffer(part.rows), rejects };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
