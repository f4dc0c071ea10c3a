// The limit of rejected lines (`--max-rejects`), for a file and for a source.

import { describeLimit, type LineLimit } from '../../../config/environment/limits.js';
import { DaybookError } from '../../../errors.js';
import { countOf, formatCount } from '../../../text/amounts.js';
import { exceeds } from './source-limits.js';
import type { ReadLines } from '../../../history/rejects/quarantine.js';
import type { RejectedLine } from '../../../history/rejects/reject.js';

/** The result of loading a file, before it is committed. */
export interface CheckedFile {
  /** Relative to the data folder, and on disk. */
  readonly name: string;
  readonly path: string;
  readonly source: string;
  /** All its lines, as they would be in the warehouse. */
  readonly whole: ReadLines;
  /** Lines that this load read: of a file that has grown, the new ones. */
  readonly read: ReadLines;
  /** The first lines that this load rejected. */
  readonly samples: readonly RejectedLine[];
}

/** From this number on the new lines of a file that has grown are checked by themselves. */
const fewLines = 100;

/** A file that is refused for its rejected lines, of which the first are kept for inspection. */
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
 * Checks a file's rejected lines against the limit. Blank lines are listed but do not count. The new lines of a
 * file that has grown are checked by themselves, too, unless they are few: otherwise old lines would hide for days
 * that all new ones are rejected.
 *
 * @throws RefusedFileError
 */
export function checkFileRejects(limit: LineLimit, file: CheckedFile): void {
  const judged = [file.whole, ...(file.read.lines >= fewLines ? [file.read] : [])];
  const refused = judged.find((lines) => isBeyond(limit, lines));
  if (refused === undefined) return;
  const { lines, rejected, reasons } = counted(refused);
  const [first] = file.samples;
  const like = first === undefined ? '' : `, like line ${first.lineNumber}: ${first.message}`;
  const share = Math.ceil((rejected * 100) / lines);
  throw new RefusedFileError(
    `${describeRejected(rejected, lines)} (${reasons}), ${describeLimit(limit)} may be${like}`,
    {
      where: file.path,
      hint: `${remedy(file)}nothing of the file was loaded; daybook rejects list --file ${file.name} shows its lines; to load it as it is: --max-rejects ${share}%, or limits.file_rejects in sql/sources/${file.source}.yaml`,
    },
    file.samples,
  );
}

/** The missing setting of the declaration, by the first rejected line; empty where it is not certain. */
function remedy({ source, samples }: CheckedFile): string {
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

/** The start of an indented object that ends with the bracket of an array, with the array's key. */
const openedArray = /^\s*\{(?:[^\n]*,)?\s*"([\w-]+)"\s*:\s*\[[^\]]*$/;

/**
 * Checks the rejected lines of all files of a source against the limit.
 *
 * @param limit - Undefined: any number, as long as a line is accepted.
 * @returns The problem; undefined: none.
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
  const allowed = isNothing || limit === undefined ? 'not all of them' : describeLimit(limit);
  const share = Math.ceil((rejected * 100) / lines);
  return new DaybookError(
    'REJECTS_EXCEEDED',
    `${source}: ${describeRejected(rejected, lines)} (${reasons}), ${allowed} may be`,
    {
      hint: `no model was built; daybook rejects list shows the lines; to allow it: --max-rejects ${share}%, or limits.source_rejects in sql/sources/${source}.yaml`,
    },
  );
}

function describeRejected(rejected: number, lines: number): string {
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
