// Parsing of blocks with time limits for regular expressions.

import { DaybookError } from '../../../errors.js';
import type { LineParser } from '../../extract/event/log-event.js';
import { matchBounded, matchLimitsMs, withinTime, type Match } from '../../extract/values/match.js';
import type { LineBlock, OverlongLine } from '../../extract/lines/read-blocks.js';
import type { Source } from '../../definitions/source.js';
import {
  encodeBlock,
  type BlockEncoding,
  type OpenBlanks,
  type BlockPosition,
  type EncodedBlock,
} from './encode-block.js';
import type { RejectedLine } from '../../../history/rejects/reject.js';

/** The time limit for a block before its lines are parsed one by one, in milliseconds. */
const blockLimitMs = 1000;
/** Lines that are parsed one by one before other work gets a turn. */
const carefulLines = 200;
/** The most lines of a file on which an expression may time out. */
const mostSlowLines = 10;

/** Encodes the blocks of a file with time limits for its source's expressions. */
export class LineEncoder {
  readonly #encoding: Omit<BlockEncoding, 'parse'>;
  readonly #createParser: (match?: Match) => LineParser;
  readonly #hasExpressions: boolean;
  readonly #path: string;
  #parse: LineParser;
  #slowLines = 0;
  #open: OpenBlanks | undefined;

  /**
   * @param createParser - Makes a parser with a given matcher.
   * @param path - Of the file, for messages.
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
   * Parses all lines of a block, in parts bounded in size and, where expressions match, in time: a line on which
   * an expression backtracks for too long is rejected.
   *
   * @throws DaybookError `DATA_SHAPE` for a file with many such lines.
   */
  *encode(block: LineBlock | OverlongLine, firstLine: number): Generator<EncodedBlock> {
    let place: BlockPosition | undefined = { start: 0, record: 0, line: firstLine };
    let isCareful = false;
    // Appended bytes would change these lines, so they must not join an earlier entry.
    let apart: readonly RejectedLine[] = [];
    if (!block.isFinished) [apart, this.#open] = [this.finish(), undefined];
    while (place !== undefined) {
      const from: BlockPosition = place;
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

  /** The entry of blank lines at the file's end, which could have continued. */
  finish(): readonly RejectedLine[] {
    return this.#open === undefined ? [] : [this.#open];
  }

  /** @returns Undefined on timeout. */
  #encodeQuickly(
    block: LineBlock | OverlongLine,
    from: BlockPosition,
  ): ReturnType<typeof encodeBlock> | undefined {
    const parse = this.#parse;
    const encode = () =>
      encodeBlock(block, from, { ...this.#encoding, parse }, Infinity, this.#open);
    if (!this.#hasExpressions) return encode();
    const result = withinTime(blockLimitMs, encode);
    // The stopped parser may be in any state.
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

/** Whether a source has regular expressions of its author. */
export function hasExpressions({ format, columns }: Source): boolean {
  return format.kind === 'pattern' || columns.some(({ matches }) => matches !== undefined);
}
