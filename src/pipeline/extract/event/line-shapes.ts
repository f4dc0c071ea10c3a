// Observation of fields, types and values in lines, for the report on drift.

import type { Source } from '../../definitions/source.js';

/** What the lines of a file contain beside the declared fields. */
export interface LineShapes {
  /** Payload fields with the JSON types of their values. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  /** Values of watched columns; long ones are cut, like long names. */
  readonly values: readonly { readonly column: string; readonly value: string }[];
  /** Columns whose field no line of the JSON has, not even as null; empty where no line is accepted. */
  readonly absent: readonly string[];
}

/** The most values of one column; a column with more is no enumeration. */
const mostValues = 200;

/**
 * Collects the shapes of a file's lines for the report on drift: new fields, other types, unexpected values. A
 * shape that was noted before costs one comparison.
 */
export class ShapeCollector {
  readonly #fields = new Map<string, { name: string; type: string }>();
  readonly #values: WatchedValues[];
  readonly #columns: Source['columns'];
  /** For each outer field of a nested column: whether it was null in a line. */
  readonly #nullOuter = new Map<string, boolean>();
  /**
   * Indexes of columns that no line had so far; undefined before the first line, and where a header names the
   * columns.
   */
  #absent: Set<number> | undefined;
  #hasAccepted = false;

  constructor({ columns }: Pick<Source, 'columns'>) {
    this.#columns = columns;
    for (const { from } of columns)
      if (from.length > 1) this.#nullOuter.set(String(from[0]), false);
    this.#values = columns.flatMap(({ name, values }, index) =>
      values === undefined ? [] : [new WatchedValues(name, index)],
    );
  }

  field(name: string, type: string): void {
    // Also called for lines of a known layout, which may have had another value here.
    if (type === 'null' && this.#nullOuter.has(name)) this.#nullOuter.set(name, true);
    // A longer report would not be read.
    if (this.#fields.size >= mostValues) return;
    const short = clipped(name);
    this.#fields.set(`${type} ${short}`, { name: short, type });
  }

  /** Notes the values of an accepted line's watched columns. */
  line(columns: readonly ({ bytes: Uint8Array; start: number; end: number } | null)[]): void {
    this.#hasAccepted = true;
    for (const watched of this.#values) {
      const value = columns[watched.index] ?? null;
      if (value !== null) watched.note(value.bytes, value.start, value.end);
    }
  }

  /**
   * Notes which columns' fields a line has, rejected lines included. Lines of a known layout have the same fields,
   * so it is called for other lines only.
   */
  present(isThere: ArrayLike<unknown>): void {
    this.#absent ??= new Set(this.#columns.keys());
    for (const index of this.#absent)
      if ((isThere[index] ?? false) !== false) this.#absent.delete(index);
  }

  get shapes(): LineShapes {
    const values = this.#values.flatMap(({ column, seen }) =>
      seen.size > mostValues ? [] : [...seen].map((value) => ({ column, value })),
    );
    const absent = [...(this.#hasAccepted ? (this.#absent ?? []) : [])].flatMap((index) => {
      const { name, from } = this.#columns[index] ?? { name: '', from: [] };
      return from.length > 1 && this.#nullOuter.get(String(from[0])) === true ? [] : [name];
    });
    return { fields: [...this.#fields.values()], values, absent };
  }
}

/** The distinct values of one column. */
class WatchedValues {
  readonly column: string;
  /** The index of the column in an event. */
  readonly index: number;
  readonly seen = new Set<string>();
  /** Noted values, hashed by length, first and last byte: a repeated value costs one comparison. */
  readonly #noted = new Array<Uint8Array>(slots).fill(new Uint8Array());

  constructor(column: string, index: number) {
    this.column = column;
    this.index = index;
  }

  note(bytes: Uint8Array, start: number, end: number): void {
    const first = bytes[start] ?? 0;
    const last = bytes[end - 1] ?? 0;
    const slot = (first + 5 * last + 7 * (end - start)) % slots;
    if (isSame(this.#noted[slot], bytes, start, end) || this.seen.size > mostValues) return;
    const value = Buffer.from(bytes.subarray(start, end));
    this.seen.add(clipped(value.toString('utf8')));
    this.#noted[slot] = value;
  }
}

const slots = 64;
/** The longest name or value, in characters: Postgres's index entries hold at most about 2,700 bytes. */
const mostCharacters = 500;

function clipped(text: string): string {
  return text.length > mostCharacters
    ? `${text.slice(0, mostCharacters).replace(/[\ud800-\udbff]$/, '')}…`
    : text;
}

function isSame(
  other: Uint8Array | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (other?.length !== end - start) return false;
  for (let at = 0; at < other.length; at += 1) if (other[at] !== bytes[start + at]) return false;
  return true;
}

/** The JSON types; a set of them is a bit mask. */
export const jsonTypes = ['text', 'number', 'boolean', 'object', 'array', 'null'] as const;

/** The index in {@link jsonTypes} of a value's type, by its first byte. */
export const jsonTypeAt = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  const index = ['"', '-0123456789', 'tf', '{', '[', 'n'].findIndex((all) => all.includes(letter));
  return Math.max(0, index);
});
