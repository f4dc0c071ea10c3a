/** Bytes that arrive in chunks, taken in other portions. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * The next so many bytes, in memory of their own.
   *
   * @returns Fewer only at the end.
   */
  async take(length: number): Promise<Buffer> {
    const taken = Buffer.allocUnsafe(length);
    let at = 0;
    while (at < length && (await this.#isFilled())) {
      const part = this.#chunk.subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      this.#chunk = this.#chunk.subarray(part.length);
    }
    return taken.subarray(0, at);
  }

  /** Passes over so many bytes, as far as there are any. Returns how many. */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > 0 && (await this.#isFilled())) {
      const part = Math.min(left, this.#chunk.length);
      this.#chunk = this.#chunk.subarray(part);
      left -= part;
    }
    return length - left;
  }

  async #isFilled(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#chunk = next.value;
    }
    return true;
  }

  /** Says that no more is wanted. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
