// Threads that parse large files while the main thread feeds Postgres.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { DaybookError } from '../../../errors.js';
import type { LogFile } from '../../extract/files/find-files.js';
import type { EncodedFile, FileBlock, FileEnd } from './encode-file.js';
import type { ThreadMessage, ThreadOrder } from './thread-message.js';
import type { EncodeJob } from '../../plan/file-decision.js';
import { packageFile } from '../../../files/package-file.js';

/** The size from which a file is worth a thread; smaller ones are parsed before it would have started. */
export const threadBytes = 8 * 1024 * 1024;

/** Young objects of a thread live for a line or a block; more space would only use memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

const entry = packageFile('dist/command-line/encoder-thread.js');

/** A thread with the receivers of its messages, by file number. */
class Encoder {
  readonly #worker = new Worker(entry, { resourceLimits });
  readonly #receivers = new Map<number, (message: ThreadMessage | Error) => void>();
  #broken: Error | undefined;

  constructor() {
    this.#worker.on('message', (message: ThreadMessage) => {
      this.#receivers.get(message.id)?.(message);
    });
    const onError = (error: Error): void => {
      this.#broken ??= error;
      for (const receive of this.#receivers.values()) receive(error);
    };
    this.#worker.on('error', onError).on('exit', (code) => {
      onError(new Error(`the thread that reads the file ended with code ${code}`));
    });
  }

  /** Files in work. */
  get load(): number {
    return this.#receivers.size;
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** @param receive - Called with each message about the file, or with the error that ended the thread. */
  begin(id: number, job: EncodeJob, receive: (message: ThreadMessage | Error) => void): void {
    this.#receivers.set(id, receive);
    this.tell({ id, job });
  }

  tell(order: ThreadOrder): void {
    this.#worker.postMessage(order);
  }

  /** Returns the memory of a block. */
  recycle(spare: ArrayBuffer): void {
    this.#worker.postMessage({ spare } satisfies ThreadOrder, [spare]);
  }

  end(id: number): void {
    this.#receivers.delete(id);
    this.tell({ id, order: 'stop' });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/**
 * Threads that parse files while this one feeds Postgres. Each reads several files in turn: it is twice as fast as
 * the server process that takes its rows, and compiling the parser in another thread takes as long as parsing 30
 * MB.
 */
export class EncoderThreads {
  readonly #most: number;
  #encoders: Encoder[] = [];
  #files = 0;

  /** @param most - The most threads. Default: half of the processors. */
  constructor(most = Math.max(1, Math.floor(availableParallelism() / 2))) {
    this.#most = most;
  }

  /**
   * Starts the first thread if a file needs it, which takes as long as opening the warehouse and reading its
   * ledger.
   */
  prepare(files: readonly LogFile[]): void {
    if (this.isStarted || !files.some(({ bytes }) => bytes >= threadBytes)) return;
    this.#encoders.push(new Encoder());
  }

  /** Whether a thread has been started. */
  get isStarted(): boolean {
    return this.#encoders.length > 0;
  }

  /** `encodeFile` in another thread. */
  async encode(job: EncodeJob): Promise<EncodedFile> {
    const encoder = this.#leastLoaded();
    const id = (this.#files += 1);
    const messages: (ThreadMessage | Error)[] = [];
    let wake: () => void = () => undefined;
    encoder.begin(id, job, (message) => {
      messages.push(message);
      wake();
    });
    const receive = async (): Promise<Exclude<ThreadMessage, { failure: unknown }>> => {
      for (;;) {
        const message = messages.shift();
        if (message === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if (message instanceof Error) throw message;
        else if ('failure' in message) throw revived(message.failure);
        else return message;
      }
    };
    const close = (): Promise<void> => {
      encoder.end(id);
      return Promise.resolve();
    };
    try {
      const first = await receive();
      if (!('change' in first) || first.change === 'unchanged') {
        await close();
        return { change: 'unchanged' };
      }
      encoder.tell({ id, order: 'taken' });
      return { change: first.change, blocks: receivedBlocks(receive, encoder, id), close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  #leastLoaded(): Encoder {
    this.#encoders = this.#encoders.filter((encoder) => !encoder.isBroken);
    const [least] = this.#encoders.toSorted((a, b) => a.load - b.load);
    if (least !== undefined && (least.load === 0 || this.#encoders.length >= this.#most)) {
      return least;
    }
    const encoder = new Encoder();
    this.#encoders.push(encoder);
    return encoder;
  }

  /** Ends the threads; no file may be in work. */
  async close(): Promise<void> {
    await Promise.all(this.#encoders.splice(0).map((encoder) => encoder.close()));
  }
}

async function* receivedBlocks(
  receive: () => Promise<Exclude<ThreadMessage, { failure: unknown }>>,
  encoder: Encoder,
  id: number,
): AsyncGenerator<FileBlock, FileEnd> {
  for (;;) {
    const message = await receive();
    if ('end' in message) return message.end;
    if ('block' in message) yield received(message.block, encoder);
    encoder.tell({ id, order: 'taken' });
  }
}

function revived({
  code,
  message,
  where,
  hint,
  cause,
}: Extract<ThreadMessage, { failure: unknown }>['failure']): DaybookError {
  return new DaybookError(code, message, { cause, where, hint });
}

/** Restores buffers, which arrive as plain arrays; the memory of rows returns to the thread after they were sent. */
function received(block: FileBlock, encoder: Encoder): FileBlock {
  const rejects = block.rejects.map((reject) => ({ ...reject, raw: asBuffer(reject.raw) }));
  const rows = asBuffer(block.rows);
  const release = (): void => {
    encoder.recycle(rows.buffer as ArrayBuffer);
  };
  return { ...block, rows, rejects, release };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
