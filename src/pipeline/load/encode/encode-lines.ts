import { DaybookError } from '../../../errors.js';
import type { LineParser } from '../../extract/event/log-event.js';
import { matchBounded, matchLimitsMs, withinTime, type Match } from '../../extract/values/match.js';
import type { LineBlock, OverlongLine } from '../../extract/lines/read-blocks.js';
import type { Source } from '../../definitions/source.js';
import {
  encodeBlock,
  type BlockEncoding,
  type OpenBlanks,
  type BlockPlace,
  type EncodedBlock,
} from './encode-block.js';
import type { RejectedLine } from '../../../history/reject.js';

/** What parsing a block may take before its lines are looked at one by one, in milliseconds. */
const blockLimitMs = 1000;
/** Lines that are parsed one by one before other work has its turn. */
const carefulLines = 200;
/** Lines of a file that an expression may be too slow for. */
const mostSlowLines = 10;

/** Encodes the blocks of one file, and bounds what expressions of its source take. */
export class LineEncoder {
  readonly #encoding: Omit<BlockEncoding, 'parse'>;
  readonly #createParser: (match?: Match) => LineParser;
  readonly #hasExpressions: boolean;
  readonly #path: string;
  #parse: LineParser;
  #slowLines = 0;
  #open: OpenBlanks | undefined;

  /**
   * @param createParser - Makes a parser that matches expressions in a way of its own.
   * @param path - Where the file is, for messages.
   */
  constructor(
    encoding: Omit<BlockEncoding, 'parse'>,
    createParser: (match?: Match) => LineParser,
    path: string,
  ) {
    this.#encoding = encoding;
    this.#createParser = createParser;
    this.#hasExpressions = hasExpressions(encoding.source);
    this.#path = path;
    this.#parse = createParser();
  }

  /**
   * Parses all lines of a block, in parts that are bounded in size and, where expressions match, in time: a line
   * that one of them goes back and forth on is rejected, and the others are not.
   *
   * @throws DaybookError `DATA_SHAPE` for a file with many such lines.
   */
  *encode(block: LineBlock | OverlongLine, firstLine: number): Generator<EncodedBlock> {
    let place: BlockPlace | undefined = { start: 0, record: 0, line: firstLine };
    let isCareful = false;
    // More bytes would make other lines of these: none of them may be in an entry that began before.
    let apart: readonly RejectedLine[] = [];
    if (!block.isFinished) [apart, this.#open] = [this.finish(), undefined];
    while (place !== undefined) {
      const from: BlockPlace = place;
      let encoded = isCareful ? undefined : this.#encodeQuickly(block, from);
      if (encoded === undefined) {
        isCareful = true;
        const parse = this.#createParser(matchBounded);
        encoded = encodeBlock(block, from, { ...this.#encoding, parse }, carefulLines, this.#open);
        this.#count(encoded.part);
      }
      this.#open = encoded.open;
      yield apart.length === 0
        ? encoded.part
        : { ...encoded.part, rejects: [...apart, ...encoded.part.rejects] };
      apart = [];
      place = encoded.next;
    }
  }

  /** The entry of blank lines at the file's end: lines that were counted, and could have gone on. */
  finish(): readonly RejectedLine[] {
    return this.#open === undefined ? [] : [this.#open];
  }

  /** @returns Undefined when it took too long. */
  #encodeQuickly(
    block: LineBlock | OverlongLine,
    from: BlockPlace,
  ): ReturnType<typeof encodeBlock> | undefined {
    const parse = this.#parse;
    const encode = () =>
      encodeBlock(block, from, { ...this.#encoding, parse }, Infinity, this.#open);
    if (!this.#hasExpressions) return encode();
    const result = withinTime(blockLimitMs, encode);
    // It was stopped anywhere, and may have left its places half filled.
    if (result === undefined) this.#parse = this.#createParser();
    return result?.value;
  }

  #count({ rejects }: EncodedBlock): void {
    this.#slowLines += rejects.filter(({ reason }) => reason === 'pattern_timeout').length;
    if (this.#slowLines <= mostSlowLines) return;
    const limit = matchLimitsMs.at(-1) ?? 0;
    throw new DaybookError(
      'DATA_SHAPE',
      `an expression of its source takes longer than ${limit} ms on ${this.#slowLines} of its lines`,
      {
        where: this.#path,
        hint: `mend it in sql/sources/${this.#encoding.source.name}.yaml: nested repetitions like (\\w+\\s?)+ try every way to cut the text`,
      },
    );
  }
}

/** Whether lines of a source are matched with expressions that people wrote. */
export function hasExpressions({ format, columns }: Source): boolean {
  return format.kind === 'pattern' || columns.some(({ matches }) => matches !== undefined);
}
