import { DaybookError } from '../../../errors.js';
import type { LogFile } from './find-files.js';
import { brotli, foreignKind, type ForeignKind } from './foreign-kind.js';
import { peek } from './peek.js';
import { fileEncoding } from './text-encoding.js';

/** A file's content as text of which lines can be cut. */
export interface FileText {
  /**
   * Bytes with line feeds at the ends of lines, in an encoding that has ASCII where ASCII is. A chunk is valid
   * until the next is asked for.
   */
  readonly chunks: AsyncIterable<Buffer>;
  /** Whether places in it are places in the file, so that what is appended to the file can be told. */
  readonly isAsStored: boolean;
}

/** So much of a file tells how its lines end, in bytes. */
const sampleBytes = 64 * 1024;

/**
 * Looks at the beginning of a file before its lines are cut: content that is not read is refused here, once
 * for the file and not once for each of its lines. UTF-16 becomes UTF-8, and where lines end in a lone
 * carriage return, as in files of old Macs and of some exports, they end in a line feed instead.
 *
 * @param content - From its very beginning, unpacked.
 * @param encoding - As the source declares it; undefined for UTF-8.
 * @throws DaybookError `DATA_UNREADABLE`.
 */
export async function openText(
  file: LogFile,
  content: AsyncIterable<Buffer>,
  encoding: string | undefined,
): Promise<FileText> {
  const start = await peek(content, sampleBytes);
  const kind = file.name.endsWith('.br') ? brotli : foreignKind(start.head);
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

function refused({ path }: LogFile, { what, advice }: ForeignKind): DaybookError {
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

/** One that may yet be followed by a line feed is none. */
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
