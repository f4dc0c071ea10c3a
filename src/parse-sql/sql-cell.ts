// SQL cells: which cells of a notebook they are, and where their SQL begins.

/** What the metadata of a cell says that is SQL. */
export interface SqlLanguage {
  /** The constant that its rows are called; undefined: they are only shown. */
  readonly name?: string | undefined;
}

/** A cell whose code is SQL. */
export interface SqlCell {
  /** The constant that its rows are called; undefined: they are only shown. */
  readonly name: string | undefined;
  /** Where the name stands in the cell, in characters from 0; of one from elsewhere, the beginning. */
  readonly nameAt: number;
  /** Where the SQL begins. */
  readonly start: number;
}

/** The first line of a SQL cell: `%%sql months`. */
const firstLine = /^(\s*%%sql(?![^\s])[^\S\n]*)([^\n]*)(?:\n|$)/;

/**
 * Reads what a cell says of itself: by its first line, or by its metadata. Undefined: it is not SQL.
 *
 * @param language - What its metadata says; undefined: that it is in the notebook's language.
 */
export function sqlCell(source: string, language?: SqlLanguage): SqlCell | undefined {
  const line = firstLine.exec(source);
  if (line === null) {
    return language === undefined ? undefined : { name: language.name, nameAt: 0, start: 0 };
  }
  const [whole, before = '', rest = ''] = line;
  const name = rest.trim();
  return {
    name: name === '' ? language?.name : name,
    nameAt: name === '' ? 0 : before.length,
    start: whole.length,
  };
}
