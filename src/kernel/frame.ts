// Messages within a runner's standard output.

import { randomBytes } from 'node:crypto';
import { byteLength, encodeText } from './runner/primordials.js';

/**
 * Framing of messages inside a byte stream that others write to, too. A runner's standard output contains the
 * output of cells, their child processes and native code in the order of printing; the runner's own messages are
 * in between, each after a marker that nobody can guess:
 * <marker><length of the JSON in bytes>:<JSON>
 */

/** The marker of a stream: a zero byte and 32 hexadecimal digits. */
export function createMarker(): string {
  return `\0${randomBytes(16).toString('hex')}`;
}

/** A message as bytes. */
export function encodeFrame(marker: string, json: string): Uint8Array {
  return encodeText(`${marker}${byteLength(json)}:${json}`);
}

/** The most digits of a length; longer ones are not of our messages. */
const longestLength = 10;

/** Separates messages and other output, however the stream is chunked. */
export class FrameDecoder {
  readonly #marker: Buffer;
  readonly #onMessage: (message: unknown) => void;
  readonly #onBytes: (bytes: Buffer) => void;
  #rest: Buffer[] = [];
  #restLength = 0;
  /** Bytes that must be available before decoding continues. */
  #wanted = 0;

  /**
   * @param onMessage - Called with each message.
   * @param onBytes - Called with output between messages, as soon as it is certain to be that.
   */
  constructor(
    marker: string,
    onMessage: (message: unknown) => void,
    onBytes: (bytes: Buffer) => void,
  ) {
    this.#marker = Buffer.from(marker);
    this.#onMessage = onMessage;
    this.#onBytes = onBytes;
  }

  /** Decodes the next chunk. */
  write(chunk: Buffer): void {
    this.#rest.push(chunk);
    this.#restLength += chunk.length;
    // JSON contains no zero byte: one indicates that another message follows an incomplete one.
    if (this.#restLength < this.#wanted && !chunk.includes(0)) return;
    const all = this.#rest.length === 1 ? chunk : Buffer.concat(this.#rest);
    const used = this.#read(all);
    this.#rest = used === all.length ? [] : [all.subarray(used)];
    this.#restLength = all.length - used;
  }

  /** Flushes the rest at the end of the stream. */
  end(): void {
    if (this.#restLength > 0) this.#onBytes(Buffer.concat(this.#rest));
    this.#rest = [];
    this.#restLength = 0;
  }

  /** Decodes as far as possible; returns the number of bytes used. */
  #read(all: Buffer): number {
    let at = 0;
    this.#wanted = 0;
    while (at < all.length) {
      const found = all.indexOf(this.#marker, at);
      if (found < 0) {
        const sure = all.length - this.#markerBegun(all, at);
        this.#between(all.subarray(at, sure));
        return sure;
      }
      this.#between(all.subarray(at, found));
      at = found;
      const begin = found + this.#marker.length;
      const colon = all.subarray(begin, begin + longestLength + 1).indexOf(58);
      if (colon < 0 && all.length < begin + longestLength + 1) return at;
      const length = Number(all.toString('latin1', begin, begin + Math.max(colon, 0)));
      const end = begin + colon + 1 + length;
      if (colon <= 0 || !Number.isInteger(length)) {
        this.#between(this.#marker);
        at = begin;
        continue;
      }
      const next = all.subarray(begin, end).indexOf(this.#marker);
      if (next >= 0) {
        // An interrupt cut this message off.
        this.#between(all.subarray(begin, begin + next));
        at = begin + next;
        continue;
      }
      if (all.length < end) {
        this.#wanted = all.includes(0, begin) ? 0 : end - at;
        return at;
      }
      this.#message(all.subarray(begin + colon + 1, end));
      at = end;
    }
    return at;
  }

  #between(bytes: Buffer): void {
    if (bytes.length > 0) this.#onBytes(bytes);
  }

  #message(json: Buffer): void {
    let message: unknown;
    try {
      message = JSON.parse(json.toString());
    } catch {
      // Another process wrote into the middle of the message.
      this.#onBytes(json);
      return;
    }
    this.#onMessage(message);
  }

  /** The number of bytes at the end that may begin a marker. */
  #markerBegun(all: Buffer, from: number): number {
    const zero = all.lastIndexOf(0);
    if (zero < from) return 0;
    const tail = all.subarray(zero);
    const begins =
      tail.length < this.#marker.length && this.#marker.subarray(0, tail.length).equals(tail);
    return begins ? tail.length : 0;
  }
}
