import fc from 'fast-check';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { formatProjectTypes, parseProjectTypes } from '../../src/row-types/project-types.js';
import { queryTypes, type QueryType } from '../../src/row-types/query-types.js';
import { tableTypes } from '../../src/row-types/table-types.js';

const column = (name: string, type = 'text') => ({
  ...{ name, type, isArray: false, isNullable: true, description: undefined },
});

test('whatever stands in a query, its types are found again, and Prettier leaves them as they are', async () => {
  const tables = tableTypes([
    { schema: 'gold', name: 'x', description: "it's", columns: [column("it's", 'int8')] },
  ]);
  const known = parseProjectTypes(formatProjectTypes(tables, '')).tables;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom("'", '"', '\\', '\n', 'a', '€') }),
        ),
      ),
      async (texts) => {
        const queries = [...new Set(texts.map((text) => `select ${text}`))].map(
          (sql): QueryType => ({
            ...{ sql, relations: ['gold.x'], columns: [column('a')] },
            parameters: [column('', 'int4')],
          }),
        );
        const text = formatProjectTypes(tables, queryTypes(queries, known));
        const read = parseProjectTypes(text);
        expect([...read.queries.keys()].sort()).toEqual(queries.map(({ sql }) => sql).sort());
        expect([...read.tables.keys()]).toEqual(['gold.x']);
        expect(read.tables.get('gold.x')?.columns.get("it's")).toEqual({ isNullable: true });
        const options = { parser: 'typescript', singleQuote: true, printWidth: 100 } as const;
        expect(await format(text, options)).toBe(text);
      },
    ),
    { numRuns: 50 },
  );
});
