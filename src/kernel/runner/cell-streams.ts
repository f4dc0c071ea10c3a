// Standard output, error and input of cells.

import { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { currentRun } from './cell-context.js';
import type { RunnerEvent } from './protocol.js';

/**
 * Replaces the standard streams: output is sent with the cell that wrote it, however late; reading standard input
 * fails.
 */
export function installCellStreams(send: (event: RunnerEvent) => void): void {
  const stdout = new CellStream('stdout', 1, send);
  const stderr = new CellStream('stderr', 2, send);
  replaceStream('stdout', () => stdout);
  replaceStream('stderr', () => stderr);
  let stdin = new NoInput();
  replaceStream('stdin', () => {
    // Each reader gets the error.
    if (stdin.destroyed) stdin = new NoInput();
    return stdin;
  });
}

function replaceStream(name: 'stdin' | 'stdout' | 'stderr', get: () => unknown): void {
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get });
}

type Done = (error?: Error | null) => void;

class CellStream extends Writable {
  readonly fd: number;
  readonly isTTY = false;
  readonly #name: 'stdout' | 'stderr';
  readonly #send: (event: RunnerEvent) => void;
  readonly #decoder = new StringDecoder('utf8');

  constructor(name: 'stdout' | 'stderr', fd: number, send: (event: RunnerEvent) => void) {
    super({ decodeStrings: false, emitClose: false, autoDestroy: false });
    this.#name = name;
    this.fd = fd;
    this.#send = send;
  }

  /**
   * Writes at once, without a Writable's state between the start and the end of a write: an interrupt may end the
   * cell in between, and the stream would wait for that write forever.
   */
  override write(chunk: unknown, encoding?: BufferEncoding | Done, done?: Done): boolean {
    const called = typeof encoding === 'function' ? encoding : done;
    this._write(chunk as string | Uint8Array, 'utf8', (error) => {
      if (called !== undefined) process.nextTick(called, error);
    });
    return true;
  }

  override _write(chunk: string | Uint8Array, _encoding: BufferEncoding, done: Done): void {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(Buffer.from(chunk));
    if (text !== '') {
      this.#send({ type: 'stream', cell: currentRun()?.cell, name: this.#name, text });
    }
    done(null);
  }
}

class NoInput extends Readable {
  readonly fd = 0;
  readonly isTTY = false;

  override _read(): void {
    this.destroy(
      new Error('A notebook has no standard input. Put the value into the cell or into a file.'),
    );
  }
}
