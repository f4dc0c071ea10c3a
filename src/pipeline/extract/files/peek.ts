// Looking ahead in a stream of chunks.

/**
 * Reads the first bytes of a stream without consuming them.
 *
 * @param length - The number of bytes; fewer at the end of the stream.
 * @returns At least these bytes, valid until the second chunk is asked for; and all chunks from the start.
 */
export async function peek(
  chunks: AsyncIterable<Buffer>,
  length: number,
): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < length) {
    const next = await iterator.next();
    if (next.done === true) break;
    // The memory of a chunk is reused for the next.
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
    if (head.length < length) head = Buffer.from(head);
  }
  return { head, chunks: resumed(head, iterator) };
}

function resumed(head: Buffer, iterator: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  let isGiven = head.length === 0;
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        if (isGiven) return iterator.next();
        isGiven = true;
        return Promise.resolve({ done: false, value: head });
      },
      return: async () => {
        await iterator.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
