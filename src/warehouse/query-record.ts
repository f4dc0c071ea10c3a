/** One query of a notebook, as its kernel writes it down: one line of JSON each. */
export interface QueryRecord {
  readonly sql: string;
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
