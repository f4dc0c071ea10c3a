// Substitution of a relation in a query.

import type { ModelQuery, RelationName } from '../../definitions/model.js';

/**
 * A query that reads a relation of the same name in another schema: so a test that names its model reads the
 * model's candidate in `pg_temp`.
 *
 * @param relation - Named with its schema in the query.
 * @param schema - The schema to read instead, as SQL (quoted if necessary).
 */
export function substituteSchema(
  { sql, reads, qualifiers }: Pick<ModelQuery, 'sql' | 'reads' | 'qualifiers'>,
  relation: RelationName,
  schema: string,
): string {
  const places = [...reads, ...qualifiers]
    .filter((found) => found.schema === relation.schema && found.name === relation.name)
    .map((found) => found.offset)
    .sort((a, b) => b - a);
  let result = sql;
  for (const place of new Set(places)) {
    // The schema's name begins here, plain or quoted.
    const rest = result.slice(place).replace(/^(?:"(?:[^"]|"")*"|[^\s."]+)/, schema);
    result = result.slice(0, place) + rest;
  }
  return result;
}
