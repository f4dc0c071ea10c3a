// Text of a log file: encoding (UTF-8, UTF-16), ends of lines, refusal of binary content.

import { DaybookError } from '../../../errors.js';
import type { LogFile } from './find-files.js';
import { brotli, unsupportedKind, type UnsupportedKind } from './unsupported-kind.js';
import { peek } from './peek.js';
import { fileEncoding } from './text-encoding.js';

/** A file's content as text with lines. */
export interface FileText {
  /**
   * Bytes with line feeds, in an encoding that is compatible with ASCII. A chunk is valid until the next is asked
   * for.
   */
  readonly chunks: AsyncIterable<Buffer>;
  /** Whether offsets in it are offsets in the file, so that appended content can be recognised. */
  readonly isAsStored: boolean;
}

/** The sample from which the line ending is determined, in bytes. */
const sampleBytes = 64 * 1024;

/**
 * Checks the beginning of a file: binary content is refused once, not for each line. UTF-16 becomes UTF-8, and
 * lone carriage returns, as in files of old Macs and some exports, become line feeds.
 *
 * @param content - From the beginning of the file, unpacked.
 * @param encoding - As the source declares it; undefined for UTF-8.
 * @throws DaybookError `DATA_UNREADABLE`.
 */
export async function openText(
  file: LogFile,
  content: AsyncIterable<Buffer>,
  encoding: string | undefined,
): Promise<FileText> {
  const start = await peek(content, sampleBytes);
  const kind = file.name.endsWith('.br') ? brotli : unsupportedKind(start.head);
  const decoding = kind ?? fileEncoding(start.head, encoding);
  if ('what' in decoding) throw refused(file, decoding);
  const { wide } = decoding;
  const text = wide === undefined ? start : await peek(decoded(file, start.chunks, wide), 1);
  const isOfCarriageReturns = endsInCarriageReturns(text.head);
  return {
    chunks: isOfCarriageReturns ? withLineFeeds(text.chunks) : text.chunks,
    isAsStored: wide === undefined && !isOfCarriageReturns,
  };
}

function refused({ path }: LogFile, { what, advice }: UnsupportedKind): DaybookError {
  return new DaybookError('DATA_UNREADABLE', what, { where: path, hint: advice });
}

async function* decoded(
  file: LogFile,
  chunks: AsyncIterable<Buffer>,
  encoding: string,
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Buffer): Buffer => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (cause) {
      throw new DaybookError('DATA_UNREADABLE', `is no valid ${encoding.toUpperCase()}`, {
        where: file.path,
        cause,
        hint: 'mend it, or declare the encoding that it has',
      });
    }
  };
  for await (const chunk of chunks) {
    const text = decode(chunk);
    if (text.length > 0) yield text;
  }
  const rest = decode();
  if (rest.length > 0) yield rest;
}

/** A carriage return at the end of the sample may be followed by a line feed. */
function endsInCarriageReturns(head: Buffer): boolean {
  const first = head.indexOf(carriageReturn);
  return first !== -1 && first < head.length - 1 && !head.includes(lineFeed);
}

async function* withLineFeeds(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    let at = chunk.indexOf(carriageReturn);
    for (; at !== -1; at = chunk.indexOf(carriageReturn, at + 1)) chunk[at] = lineFeed;
    yield chunk;
  }
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
