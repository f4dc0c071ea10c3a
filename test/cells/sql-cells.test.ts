import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { CellProgram } from '../../src/cells/cell-program.js';
import { translateSql } from '../../src/cells/sql/sql-translation.js';
import { placeInCell, placeOf } from '../../src/cells/sql/text-places.js';
import { cellFunction } from '../../src/kernel/runner/cell-session.js';
import { formatProjectTypes } from '../../src/row-types/project-types.js';
import { temporaryFolder } from '../temporary-folder.js';

const month = 'select month, customers from gold.month where month >= $1';

let folder = '';

beforeEach(() => {
  const member = (sql: string, row: string, parameters: string) =>
    `    /** Reads no table */\n    '${sql}': {\n      row: {\n        ${row}\n      };\n      parameters: [${parameters}];\n    };\n`;
  const types = formatProjectTypes(
    '',
    member(month, 'month: string; customers: bigint;', 'string | Date | null') +
      member('select 1 as one', 'one: number;', ''),
  );
  folder = temporaryFolder({ 'daybook-env.d.ts': types });
});

/** What is wrong with each of some cells, and the queries that they send. */
function check(...cells: (string | { source: string; language: { name?: string } })[]) {
  const sources = cells.map((cell) => (typeof cell === 'string' ? { source: cell } : cell));
  const checked = CellProgram.checkAll(
    folder,
    new Map(sources.map((cell, at) => [String(at + 1), cell])),
  );
  return [...checked.values()].map(({ diagnostics, queries }, at) => ({
    problems: diagnostics.map(
      ({ line, column, length, code, message }) =>
        `${line}:${column}+${length} ${code} ${message.split('\n', 1)[0] ?? ''}`,
    ),
    queries: queries.map(({ sql }) => sql),
    places: queries.map((query) => (offset: number) => {
      const { line, column } = placeInCell(sources[at]?.source ?? '', query, offset);
      return `${line}:${column}`;
    }),
  }));
}

test('a SQL cell is a typed constant for later cells, its expressions are parameters', () => {
  const cell =
    '%%sql months\nselect month, customers from gold.month where month >= ${since /* a */}';
  const [, sql, good, wrong] = check(
    "const since = '2019-01-01';",
    cell,
    'months[0].customers * 2n;',
    'months[0].customers.length;',
  );
  expect(sql?.problems).toEqual([]);
  expect(sql?.queries).toEqual([month]);
  expect(good?.problems).toEqual([]);
  expect(wrong?.problems).toEqual([
    "1:21+6 2339 Property 'length' does not exist on type 'bigint'.",
  ]);
});

test('an expression of another type than the parameter is an error at its place', () => {
  const [sql, unknown] = check(
    '%%sql months\nselect month, customers from gold.month where month >= ${  true }',
    '%%sql\nselect month, customers from gold.month where month >= ${ since.day }',
  );
  expect(sql?.problems).toEqual([
    "2:60+4 2322 Type 'boolean' is not assignable to type 'string | Date'.",
  ]);
  expect(unknown?.problems).toEqual(["2:59+5 2304 Cannot find name 'since'."]);
});

test('places in the statement are places in the cell, also behind expressions and on other lines', () => {
  const cell =
    '%%sql\nselect ${ 1 +\n1 } as a, ${{ b: 2 }.b}::int as b,\n  moth from gold.month -- ${no}';
  const [checked] = check(cell);
  expect(checked?.problems).toEqual([]);
  const sql = 'select $1 as a, $2::int as b,\n  moth from gold.month -- ${no}';
  expect(checked?.queries).toEqual([sql]);
  const place = checked?.places[0];
  expect(place?.(0)).toBe('2:1');
  expect(place?.(sql.indexOf('$1'))).toBe('2:8');
  expect(place?.(sql.indexOf('as a'))).toBe('3:5');
  expect(place?.(sql.indexOf('::int'))).toBe('3:24');
  expect(place?.(sql.indexOf('moth'))).toBe('4:3');
});

test('what metadata calls SQL has no first line, and all places are those of its text', () => {
  const [first, second] = check(
    {
      source: 'select month, customers from gold.month where month >= ${1}',
      language: { name: 'months' },
    },
    'months[0].customers * 2n;',
  );
  expect(first?.problems).toEqual([
    "1:58+1 2322 Type 'number' is not assignable to type 'string | Date'.",
  ]);
  expect(first?.queries).toEqual([month]);
  expect(second?.problems).toEqual([]);
});

test('a cell over a result runs the statement of the result as a part of its own', () => {
  const [, , own, both, cell, wide] = check(
    "const since = '2019-01-01'; const one = await (await import('daybook/pipeline')).query('select 1 as one');",
    `%%sql Months\n${month.replace('$1', '${since}')}; -- not null: month`,
    '%%sql\nselect count(*) from ${Months} where month < ${since}',
    '%%sql\nWITH RECURSIVE a as (select 1)\nselect extract(year from ${since}::date), a is distinct from ${1}\nfrom a, ${Months} as m\nleft join ${one} on true',
    'const other = one.filter(() => true);',
    '%%sql\nselect * from ${other}',
  );
  expect(own?.problems).toEqual([]);
  expect(own?.queries).toEqual([
    `with "months" as (\n${month.replace('$1', '$2')}\n)\nselect count(*) from "months" where month < $1`,
  ]);
  expect(own?.places[0]?.(own.queries[0]?.indexOf('count') ?? 0)).toBe('2:8');
  expect(both?.problems).toEqual([]);
  expect(both?.queries).toEqual([
    `WITH RECURSIVE "months" as (\n${month.replace('$1', '$3')}\n), "one" as (\nselect 1 as one\n), a as (select 1)\n` +
      'select extract(year from $1::date), a is distinct from $2\nfrom a, "months" as m\nleft join "one" on true',
  ]);
  expect(cell?.problems).toEqual([]);
  expect(wide?.problems).toEqual([
    expect.stringMatching(
      /^2:15\+8 -CELL other is no unmodified result of a query: after from and join/,
    ),
  ]);
});

test.each([
  ['%%sql 2months\nselect 1 as one', /^1:7\+7 -CELL '2months' is no name of a constant/],
  ['%%sql months', /^1:12\+1 -CELL this SQL cell has no query yet/],
  ['%%sql\n-- later', /^1:6\+1 -CELL this SQL cell has no query yet/],
  ['%%sql\nselect $1', /^2:8\+2 -CELL parameters of a SQL cell are written \$\{expression\}/],
  ['%%sql\nselect ${1', /^2:8\+3 -CELL this \$\{ is not closed by \}/],
  ['%%sql\nselect ${ }', /^2:8\+4 -CELL \$\{\} needs an expression/],
  ["%%sql\nselect 'it''s ${one}'", /^2:15\+6 -CELL within quotes \$\{…\} would be text/],
  ['%%sql\nselect $a$ ${one} $a$', /^2:12\+6 -CELL within quotes/],
  ['%%sql\nselect "${one}"', /^2:9\+6 -CELL within quotes/],
])('%j is refused where it is wrong', (source, problem) => {
  const [checked] = check(source);
  expect(checked?.problems).toEqual([expect.stringMatching(problem)]);
});

test('a broken SQL cell leaves its name to later cells', () => {
  const [, later] = check('%%sql months\nselect ${', 'months.map((row) => row.anything);');
  expect(later?.problems).toEqual([]);
});

test('%%sql within a cell, and another word, are TypeScript', () => {
  const [first, second] = check('1;\n%%sql', '%%sqlite');
  expect(first?.problems).not.toEqual([]);
  expect(second?.problems[0]).toContain(' 1');
});

test('an error in an expression is thrown where it stands', async () => {
  const program = new CellProgram(folder);
  const source =
    '%%sql months\nselect month\nfrom gold.month where month >= ${(() => {\n  throw new Error("no");\n})()}';
  const { compilation } = program.compile({ source });
  if (compilation.status === 'error') throw new Error(compilation.diagnostics[0]?.message);
  const { SourceMap } = await import('node:module');
  const { code, map } = compilation.cell;
  const mapped = new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0]);
  const lines = code.split('\n');
  const line = lines.findIndex((text) => text.includes('throw new Error'));
  const column = lines[line]?.indexOf('new Error') ?? 0;
  expect(mapped.findEntry(line, column)).toMatchObject({ originalLine: 3, originalColumn: 8 });
  expect(() => cellFunction('In[1]', code)).not.toThrow();
  expect(join(folder, 'x')).toContain(folder);
});

test('whatever text stands in quotes and comments, the statement is the text of the cell', () => {
  const piece = fc.oneof(
    fc.stringMatching(/^[\w ]{0,8}$/).map((text) => `'${text}'`),
    fc.stringMatching(/^[\w ]{0,8}$/).map((text) => `/* ${text} /* \${a} */ */`),
    fc.constantFrom("E'\\''", "'it''s'", '"a""b"', '$$ $ $$', '$t$ $$ $t$', '-- ${b}\n', '\\`'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const sql = `select ${pieces.join(', ')} , 1`;
      const translated = translateSql(`%%sql\n${sql}`, undefined, new Map());
      expect(translated?.problems).toEqual([]);
      expect(translated?.sql).toBe(sql);
      const places = translated?.places ?? [];
      for (let at = 0; at < sql.length; at += 1) expect(placeOf(places, at)).toBe(at + 6);
    }),
  );
});
