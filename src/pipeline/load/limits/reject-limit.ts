import { limitWords, type LineLimit } from '../../../config/limits.js';
import { DaybookError } from '../../../errors.js';
import { countOf, formatCount } from '../../../text/amounts.js';
import { exceeds } from './source-limits.js';
import type { ReadLines } from '../../../history/rejects.js';
import type { RejectedLine } from '../../../history/reject.js';

/** What loading a file would make of it. */
export interface JudgedFile {
  /** Below the data folder, and on disk. */
  readonly name: string;
  readonly path: string;
  readonly source: string;
  /** All its lines, as they would be in the warehouse. */
  readonly whole: ReadLines;
  /** Those that this load read: of a file that has grown, the new ones. */
  readonly read: ReadLines;
  /** The first lines that were rejected in this load. */
  readonly samples: readonly RejectedLine[];
}

/** So many new lines of a file that has grown are judged by themselves. */
const fewLines = 100;

/** A file that is not loaded for its rejected lines; the first of them are kept for people to see. */
export class RefusedFileError extends DaybookError {
  override readonly name = 'RefusedFileError';
  readonly samples: readonly RejectedLine[];

  constructor(
    message: string,
    options: { where: string; hint: string },
    samples: readonly RejectedLine[],
  ) {
    super('REJECTS_EXCEEDED', message, options);
    this.samples = samples;
  }
}

/**
 * Holds a file's rejected lines against the limit. Blank lines are listed but hurt nobody, so they do not
 * count. Of a file that has grown the new lines are judged by themselves, too, when they are not a few:
 * else its old ones would hide for days that all new ones are rejected.
 *
 * @throws RefusedFileError
 */
export function checkFileRejects(limit: LineLimit, file: JudgedFile): void {
  const judged = [file.whole, ...(file.read.lines >= fewLines ? [file.read] : [])];
  const refused = judged.find((lines) => isBeyond(limit, lines));
  if (refused === undefined) return;
  const { lines, rejected, reasons } = counted(refused);
  const [first] = file.samples;
  const like = first === undefined ? '' : `, like line ${first.lineNumber}: ${first.message}`;
  const share = Math.ceil((rejected * 100) / lines);
  throw new RefusedFileError(
    `${rejectedWords(rejected, lines)} (${reasons}), ${limitWords(limit)} may be${like}`,
    {
      where: file.path,
      hint: `${remedy(file)}nothing of the file was loaded; daybook rejects list --file ${file.name} shows its lines; to load it as it is: --max-rejects ${share}%, or limits.file_rejects in sql/sources/${file.source}.yaml`,
    },
    file.samples,
  );
}

/** What the declaration lacks, by the first line that was rejected; nothing where that is not sure. */
function remedy({ source, samples }: JudgedFile): string {
  const [first] = samples;
  const place = `in sql/sources/${source}.yaml`;
  if (first?.reason === 'invalid_utf8') {
    return `declare encoding: ${place}, like windows-1252, if the file is no UTF-8; `;
  }
  const start = first?.raw.toString('latin1') ?? '';
  const isBrokenOff =
    first?.reason === 'invalid_json' && first.message.endsWith('found the end of the line');
  const key = isBrokenOff && first.lineNumber === 1 ? openedArray.exec(start)?.[1] : undefined;
  return key === undefined
    ? ''
    : `if the file is one object whose ${key} holds the records: format: {json: {path: [${key}]}} ${place}; `;
}

/** The start of an object of several lines that ends where an array begins, with the array's key. */
const openedArray = /^\s*\{(?:[^\n]*,)?\s*"([\w-]+)"\s*:\s*\[[^\]]*$/;

/**
 * Holds the rejected lines of all files of a source against the limit.
 *
 * @param limit - Undefined: any number, as long as one line is accepted.
 * @returns What is wrong; undefined: nothing.
 */
export function refusedSource(
  limit: LineLimit | undefined,
  source: string,
  read: ReadLines,
): DaybookError | undefined {
  const { lines, rejected, reasons } = counted(read);
  const allowsAll = limit !== undefined && 'percent' in limit && limit.percent === 100;
  const isNothing = lines > 0 && rejected === lines && !allowsAll;
  if (!isNothing && (limit === undefined || !isBeyond(limit, read))) return undefined;
  const allowed = isNothing || limit === undefined ? 'not all of them' : limitWords(limit);
  const share = Math.ceil((rejected * 100) / lines);
  return new DaybookError(
    'REJECTS_EXCEEDED',
    `${source}: ${rejectedWords(rejected, lines)} (${reasons}), ${allowed} may be`,
    {
      hint: `no model was built; daybook rejects list shows the lines; to allow it: --max-rejects ${share}%, or limits.source_rejects in sql/sources/${source}.yaml`,
    },
  );
}

function rejectedWords(rejected: number, lines: number): string {
  const all = countOf(lines, 'line');
  return `${formatCount(rejected)} of ${all} ${rejected === 1 ? 'is' : 'are'} rejected`;
}

function isBeyond(limit: LineLimit, read: ReadLines): boolean {
  const { lines, rejected } = counted(read);
  return exceeds(limit, rejected, lines);
}

/** Without blank lines. */
function counted({ lines, rejects }: ReadLines) {
  const { blank_line: blank = 0, ...others } = rejects;
  const entries = Object.entries(others);
  return {
    lines: lines - blank,
    rejected: entries.reduce((sum, [, count]) => sum + count, 0),
    reasons: entries.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', '),
  };
}
