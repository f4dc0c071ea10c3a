/** One query of a notebook, as its kernel writes it down: one line of JSON each. */
export interface QueryRecord {
  readonly sql: string;
  /** The values of `$1`, `$2`, … as text, secrets among them; left out where there are none. */
  readonly parameters?: readonly (string | null)[];
  /** Rows that it gave; null: it failed. */
  readonly rows: number | null;
  /** When it began, milliseconds since 1970. */
  readonly startedAt: number;
  readonly milliseconds: number;
}

/** Where a kernel finds what it has to read and where it writes down what it asked. */
export const runVariables = {
  snapshot: 'DAYBOOK_SNAPSHOT',
  queryLog: 'DAYBOOK_QUERY_LOG',
} as const;

/** Characters; of longer values only their length is written down. */
const longestParameter = 10_000;

/** The value of a parameter as text; null: none. */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  const text = textOf(value);
  return text.length > longestParameter ? `(${text.length} characters)` : text;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  }
  const json = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? item.toString() : item,
  ) as string | undefined;
  // A bigint by itself stands without quotes, like every number.
  return typeof value === 'bigint' ? value.toString() : (json ?? '');
}
