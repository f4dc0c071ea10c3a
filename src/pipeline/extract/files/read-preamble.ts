// Lines before the header of a CSV: `skip`, Excel's `sep=`, blank lines.

import { peek } from './peek.js';

/** The lines before the records of a CSV. */
export interface Preamble {
  readonly bytes: number;
  readonly lines: number;
  /** The delimiter of a line `sep=;`, as Excel writes it. */
  readonly delimiter?: string | undefined;
  /** The content after it. */
  readonly chunks: AsyncIterable<Buffer>;
}

/** The largest preamble, in bytes. */
export const mostPreambleBytes = 1024 * 1024;

/**
 * Skips what precedes the header of a CSV: the declared number of lines, Excel's line `sep=;`, and blank lines.
 *
 * @param skip - The number of lines to skip.
 * @param hasHeader - Without a header a blank line is a record.
 * @returns Undefined when it is longer than {@link mostPreambleBytes}.
 */
export async function readPreamble(
  chunks: AsyncIterable<Buffer>,
  skip: number,
  hasHeader: boolean,
): Promise<Preamble | undefined> {
  for (let length = 1024; ; length *= 4) {
    const start = await peek(chunks, length);
    chunks = start.chunks;
    const isWhole = start.head.length < length;
    const found = measure(start.head, skip, hasHeader, isWhole);
    if (found !== undefined) return { ...found, chunks: behind(start.chunks, found.bytes) };
    if (length >= mostPreambleBytes) return undefined;
  }
}

/** @returns Undefined when more bytes are needed. */
function measure(
  head: Buffer,
  skip: number,
  hasHeader: boolean,
  isWhole: boolean,
): Omit<Preamble, 'chunks'> | undefined {
  let [bytes, lines] = [0, 0];
  let delimiter: string | undefined;
  for (;;) {
    const end = head.indexOf(lineFeed, bytes);
    if (end === -1 && !isWhole) return undefined;
    if (bytes === head.length) return { bytes, lines, delimiter };
    const line = head.toString('latin1', bytes, end === -1 ? head.length : end);
    const separator = lines === skip ? separatorLine.exec(line)?.[1] : undefined;
    const isBlank = hasHeader && lines >= skip && !/[^\s]/.test(line.replace(byteOrderMark, ''));
    if (lines >= skip && separator === undefined && !isBlank) return { bytes, lines, delimiter };
    delimiter ??= separator;
    bytes = end === -1 ? head.length : end + 1;
    lines += 1;
  }
}

async function* behind(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    const rest = chunk.subarray(left);
    left -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}

const lineFeed = 0x0a;
/** UTF-8's byte order mark, read as Latin-1. */
const byteOrderMark = /^\xef\xbb\xbf/;
const separatorLine = /^(?:\xef\xbb\xbf)?"?sep=(.)"?\r?$/i;
