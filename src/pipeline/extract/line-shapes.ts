import type { Source } from '../sources/source.js';

/** What lines of a file are made of, beside what the declaration names. */
export interface LineShapes {
  /** Fields that go into the payload, and of which JSON type their values are. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  /** Values of the columns that are watched. */
  readonly values: readonly { readonly column: string; readonly value: string }[];
}

/** Values of one column that are kept; a column with more is none of kinds. */
const mostValues = 200;

/**
 * Collects the shapes of a file's lines, so that drift can be told: new fields, other types, values that
 * nobody expects. What was noted before costs a comparison.
 */
export class ShapeCollector {
  readonly #fields = new Map<string, { name: string; type: string }>();
  readonly #values: { column: string; index: number; seen: Set<string>; last: Buffer[] }[];

  constructor({ columns }: Pick<Source, 'columns'>) {
    this.#values = columns.flatMap(({ name, values }, index) =>
      values === undefined ? [] : [{ column: name, index, seen: new Set<string>(), last: [] }],
    );
  }

  field(name: string, type: string): void {
    // Of more nobody could read the report.
    if (this.#fields.size < mostValues) this.#fields.set(`${type} ${name}`, { name, type });
  }

  /** Notes the values of an accepted line's watched columns. */
  line(columns: readonly ({ bytes: Uint8Array; start: number; end: number } | null)[]): void {
    for (const watched of this.#values) {
      const value = columns[watched.index] ?? null;
      if (value === null) continue;
      if (isKnown(watched.last, value.bytes, value.start, value.end)) continue;
      if (watched.seen.size > mostValues) continue;
      const text = Buffer.from(value.bytes.subarray(value.start, value.end));
      watched.seen.add(text.toString('utf8'));
      watched.last.unshift(text);
      watched.last.length = Math.min(watched.last.length, 8);
    }
  }

  get shapes(): LineShapes {
    const values = this.#values.flatMap(({ column, seen }) =>
      seen.size > mostValues ? [] : [...seen].map((value) => ({ column, value })),
    );
    return { fields: [...this.#fields.values()], values };
  }
}

function isKnown(known: readonly Buffer[], bytes: Uint8Array, start: number, end: number): boolean {
  for (const other of known) {
    if (other.length !== end - start) continue;
    let at = 0;
    while (at < other.length && other[at] === bytes[start + at]) at += 1;
    if (at === other.length) return true;
  }
  return false;
}

/** The JSON types, each a bit, so that a set of them is a number. */
export const jsonTypes = ['text', 'number', 'boolean', 'object', 'array', 'null'] as const;

/** Which of {@link jsonTypes} a value is that begins with a byte: its index. */
export const jsonTypeAt = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  const index = ['"', '-0123456789', 'tf', '{', '[', 'n'].findIndex((all) => all.includes(letter));
  return Math.max(0, index);
});
