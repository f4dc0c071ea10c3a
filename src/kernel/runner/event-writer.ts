// Writing of the runner's messages to the kernel.

import { encodeFrame } from '../frame.js';
import { codeUnitAt, sliceOf, toJson, wait, write } from './primordials.js';
import type { RunnerEvent, RunnerSync } from './protocol.js';

/** Longer texts are split, so that the system writes each part atomically. */
const longestText = 8192;

/** Writes the runner's messages synchronously, in order. */
export class EventWriter {
  readonly #marker: string;

  constructor(marker: string) {
    this.#marker = marker;
  }

  write(event: RunnerEvent): void {
    if (event.type !== 'stream') {
      this.#send(1, event);
      return;
    }
    const { text } = event;
    let from = 0;
    do {
      const to = endOfPiece(text, from);
      this.#send(1, { ...event, text: sliceOf(text, from, to) });
      from = to;
    } while (from < text.length);
  }

  /** Marks on standard error what the cell has written so far. */
  sync(cell: string): void {
    this.#send(2, { type: 'sync', cell });
  }

  #send(descriptor: 1 | 2, message: RunnerEvent | RunnerSync): void {
    writeFully(descriptor, encodeFrame(this.#marker, toJson(message)));
  }
}

/** The end of a part of a text; surrogate pairs stay together. */
function endOfPiece(text: string, from: number): number {
  const end = from + longestText;
  if (end >= text.length) return text.length;
  const last = codeUnitAt(text, end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end + 1 : end;
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes all bytes, blocking while the reader is slow: output never accumulates in memory. */
function writeFully(descriptor: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += write(descriptor, bytes, at);
    } catch (error) {
      // A child process that shares the pipe may have made it non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      wait(pause, 0, 0, 1);
    }
  }
}
