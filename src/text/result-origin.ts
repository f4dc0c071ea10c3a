// Where the rows of a query come from: its statement and its columns, which go with the array of them.

/** A statement with its values, and what it answers with. */
export interface ResultOrigin {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** The columns, with their types as Postgres calls them. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

interface Kept extends ResultOrigin {
  /** The rows as they came. */
  readonly rows: readonly object[];
}

/** One for all copies of this module: notebooks show what programs of theirs have asked. */
const key = Symbol.for('daybook.result-origin');

/** Says where rows come from. It goes with this array alone: not with what `filter` or `map` make of it. */
export function setOrigin(rows: object[], origin: ResultOrigin): void {
  const value: Kept = { ...origin, rows: [...rows] };
  Object.defineProperty(rows, key, { value, enumerable: false });
}

/** Where an array of rows comes from; undefined: it is another one, or has been changed since. */
export function originOf(rows: readonly unknown[]): ResultOrigin | undefined {
  const kept = (rows as { [key]?: Kept })[key];
  if (kept?.rows.length !== rows.length) return undefined;
  return kept.rows.every((row, index) => row === rows[index]) ? kept : undefined;
}
