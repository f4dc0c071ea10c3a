import type { ModelQuery, RelationName } from '../../definitions/model.js';

/**
 * A query that reads a relation of the same name in another schema: this is how a test that names its
 * model looks at the model's candidate, which has the model's name in another schema.
 *
 * @param relation - Named with its schema in the query.
 * @param schema - Where it is to be read instead, as SQL (quoted if it must be).
 */
export function readInstead(
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
    // The schema's name stands here, plain or in quotes.
    const rest = result.slice(place).replace(/^(?:"(?:[^"]|"")*"|[^\s."]+)/, schema);
    result = result.slice(0, place) + rest;
  }
  return result;
}
