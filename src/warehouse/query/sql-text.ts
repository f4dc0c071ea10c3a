// Quoting of names and texts in SQL.

import pg from 'pg';

/** A name as SQL, always quoted: keywords differ between versions. */
export const quote = pg.escapeIdentifier;

/** A text as SQL. */
export const literal = pg.escapeLiteral;

/** `schema.name` as SQL. */
export function qualified({ schema, name }: { schema: string; name: string }): string {
  return `${quote(schema)}.${quote(name)}`;
}
