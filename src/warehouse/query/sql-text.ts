import pg from 'pg';

/** A name as SQL, always in quotes: whether it needs them depends on words that each version adds to. */
export const quote = pg.escapeIdentifier;

/** A text as SQL. */
export const literal = pg.escapeLiteral;

/** `schema.name` as SQL. */
export function qualified({ schema, name }: { schema: string; name: string }): string {
  return `${quote(schema)}.${quote(name)}`;
}
