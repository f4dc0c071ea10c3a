// Records of a notebook's queries, and the environment variables of a run's kernel for them.

/** A query of a notebook, as its kernel records it: one line of JSON each. */
export interface QueryRecord {
  readonly sql: string;
  /** The values of `$1`, `$2`, … as text, secrets included; absent without any. */
  readonly parameters?: readonly (string | null)[];
  /** The number of rows; null: it failed. */
  readonly rows: number | null;
  /** Its start, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly milliseconds: number;
}

/** Environment variables of a kernel: the snapshot to read, and the file of the query log. */
export const runVariables = {
  snapshot: 'DAYBOOK_SNAPSHOT',
  queryLog: 'DAYBOOK_QUERY_LOG',
} as const;

/** The longest recorded parameter, in characters; of longer ones only the length is recorded. */
const longestParameter = 10_000;

/** A parameter's value as text; null for null. */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  const text = serialize(value);
  return text.length > longestParameter ? `(${text.length} characters)` : text;
}

function serialize(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  }
  const json = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? item.toString() : item,
  ) as string | undefined;
  // A bigint has no quotes, like every number.
  return typeof value === 'bigint' ? value.toString() : (json ?? '');
}
