import { writeSync } from 'node:fs';
import { encodeFrame } from '../frame.js';
import type { RunnerEvent, RunnerSync } from './protocol.js';

/** Longer texts are sent in pieces, so that the system takes each as a whole. */
const longestText = 8192;

/** Sends a runner's messages; each is with the system when the call returns, in order. */
export class EventWriter {
  readonly #marker: string;

  constructor(marker: string) {
    this.#marker = marker;
  }

  write(event: RunnerEvent): void {
    if (event.type === 'stream' && event.text.length > longestText) {
      for (const text of pieces(event.text)) this.#send(1, { ...event, text });
    } else {
      this.#send(1, event);
    }
  }

  /** Marks on standard error what the cell has written there so far. */
  sync(cell: string): void {
    this.#send(2, { type: 'sync', cell });
  }

  #send(descriptor: 1 | 2, message: RunnerEvent | RunnerSync): void {
    writeFully(descriptor, encodeFrame(this.#marker, message));
  }
}

function* pieces(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + longestText, text.length);
    // A pair of surrogates stays together.
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to += 1;
    yield text.slice(from, to);
    from = to;
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes all bytes, waiting where the reader is slow: output never piles up in memory. */
function writeFully(descriptor: number, bytes: Buffer): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      // A child process that shares the pipe may have made it non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
