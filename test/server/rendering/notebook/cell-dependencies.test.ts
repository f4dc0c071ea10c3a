import { expect, test } from 'vitest';
import { cellDependencies } from '../../../../src/server/rendering/notebook/cell-dependencies.js';
import {
  queriesOf,
  queryDetails,
} from '../../../../src/server/rendering/notebook/figure-queries.js';
import { textOf } from '../../../../src/server/rendering/html/elements.js';
import { code, notebookOf, prose } from '../../published.js';

/** The cells behind the last one. */
function behindLast(...sources: string[]): number[] {
  const cells = sources.map((source) => code(source));
  return [...(cellDependencies(notebookOf(cells)).get(sources.length) ?? [])].sort((a, b) => a - b);
}

test.each([
  ['a variable', ["const rows = await query('…');", 'plot(rows);'], [1, 2]],
  ['over another', ['const rows = 1;', 'const sum = rows + 1;', 'show(sum)'], [1, 2, 3]],
  ['taken apart', ['const { a, b: [c] } = get();', 'const d = 1;', 'show(c)'], [1, 3]],
  ['a list', ['let [first, second] = get();', 'show(second)'], [1, 2]],
  ['a function', ['async function load() {}', 'await load();'], [1, 2]],
  ['the last declaration', ['const a = 1;', 'const a = 2;', 'show(a)'], [2, 3]],
  ['an assignment to what was there', ['let a;', 'a = await query(`…`);', 'show(a)'], [1, 2, 3]],
  ['Python', ['rows = query("…")', 'def total(x): return x', 'total(rows)'], [1, 2, 3]],
  [
    'a SQL cell',
    ["const since = '2019';", '%%sql rows\nselect ${since}', 'plot(rows);'],
    [1, 2, 3],
  ],
  ['a result', ['%%sql a\nselect 1', '%%sql b\nselect since from ${a}', 'plot(b);'], [1, 2, 3]],
  ['not in SQL', ["const since = '2019';", '%%sql\nselect since from gold.a'], [2]],
  ['in a template', ['const a = 1;', 'print(`${a}`)'], [1, 2]],
  ['not in comments', ['const a = 1;', '// a\n/* a */ show("a", \'a\');'], [2]],
  ['not a member', ['const month = 1;', 'show(row.month)'], [2]],
  ['not within a block', ['{\n  const a = 1;\n}', 'show(a)'], [2]],
])('a cell builds on what declares its names: %s', (_, sources, expected) => {
  expect(behindLast(...sources)).toEqual(expected);
});

test('cells are counted with those of prose', () => {
  const found = cellDependencies(
    notebookOf([prose('# x'), code('const a = 1'), prose('y'), code('a')]),
  );
  expect([...found].map(([cell, behind]) => [cell, [...behind]])).toEqual([
    [2, [2]],
    [4, [4, 2]],
  ]);
});

test('the queries behind a figure: each once, those of its source where it names one', () => {
  const query = (
    sql: string,
    table: string,
    cell: number | undefined,
    parameters: (string | null)[] = [],
  ) => ({
    ...{ sql, tables: [table], rows: 1, milliseconds: 2, cell, parameters },
  });
  const queries = [
    query('select 1', 'silver.report', 1),
    query('select 2', 'gold.churn', 1),
    query('select 1', 'silver.report', 1),
    query('select 3', 'gold.churn', 2),
    query('select 4', 'gold.churn', undefined),
    query('select $1', 'gold.churn_by_plan', 1, ['ON']),
    query('select $1', 'gold.churn_by_plan', 1, ['QC']),
  ];
  const textsOf = (source?: string) => {
    const found = queriesOf(queries, new Set([1]), source);
    return [found.source, ...found.queries.map(({ sql }) => sql)];
  };
  expect(textsOf('gold.churn')).toEqual(['gold.churn', 'select 2']);
  expect(textsOf('gold.churn and gold.churn_by_plan.')).toEqual([
    'gold.churn and gold.churn_by_plan.',
    ...['select 2', 'select $1', 'select $1'],
  ]);
  // Nobody knows which of them it shows.
  const all = [undefined, 'select 1', 'select 2', 'select $1', 'select $1'];
  expect(textsOf()).toEqual(all);
  expect(textsOf('a survey of 2019')).toEqual(all);
});

test('what stands for $1 is said with the rows that it gave, each text once', () => {
  const asked = (value: string | null, rows: number) => ({
    sql: 'select * from gold.churn where province = $1',
    ...{ tables: ['gold.churn'], rows, milliseconds: 2, cell: 1, parameters: [value] },
  });
  const queries = [asked('ON', 12), asked(null, 0)];
  const text = textOf([
    queryDetails({ queries, source: undefined }, 'x') ?? { type: 'text', value: '' },
  ]);
  expect(text).toContain('All queries of this cell, and of the cells that it builds on:');
  expect(text).toContain('12 rows in 2 ms, asked by cell 1, with $1 = ON');
  expect(text).toContain('with $1 = null');
  expect(text.match(/select \*/g)).toHaveLength(1);
});
