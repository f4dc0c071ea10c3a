import { expect, test } from 'vitest';
import { readModels } from '../../../src/pipeline/project/read-models.js';
import { ModelError } from '../../../src/pipeline/project/model-error.js';
import { root } from '../../database.js';
import { temporaryFolder } from '../../temporary-folder.js';

const sources = ['bronze.log_event', 'bronze.report_parameter'];
const header = '/*\ndescription: x\ncolumns: { n: { type: int } }\n*/\n';

async function problems(files: Record<string, string>): Promise<string[]> {
  const paths = Object.entries(files).map(([path, text]) => [`sql/${path}`, text] as const);
  const result = await readModels(temporaryFolder(Object.fromEntries(paths)), sources).then(
    () => [],
    (error: unknown) => error,
  );
  if (!(result instanceof ModelError)) throw new Error('no ModelError', { cause: result });
  return result.problems.map(({ where, message }) => `${where}: ${message}`);
}

test('reads the models of the project', async () => {
  const models = await readModels(root, sources);
  expect(models.map(({ id }) => id)).toContain('gold.monthly_churn');
  const churn = models.find(({ id }) => id === 'gold.monthly_churn');
  expect(churn).toMatchObject({ materialized: 'table', file: 'sql/gold/monthly_churn.sql' });
  expect(churn?.columns[0]).toMatchObject({
    name: 'month',
    type: 'date',
    tests: [{ kind: 'not_null' }, { kind: 'unique' }],
  });
});

test('a byte order mark of an editor is no part of a model, nor of its places', async () => {
  const mark = '\ufeff';
  const folder = temporaryFolder({ 'sql/gold/a.sql': `${mark}${header}select 1 as n` });
  expect(await readModels(folder, sources)).toMatchObject([{ id: 'gold.a' }]);
  expect(await problems({ 'gold/a.sql': `${mark}select 1 as n` })).toEqual([
    expect.stringMatching(/^sql\/gold\/a\.sql:1:1: a model begins with its header/),
  ]);
});

test('a header says everything about a model', async () => {
  const folder = temporaryFolder({
    'sql/gold/a.sql': `/*
description: |
  All of it /* even comments */ here.
materialized: view
columns:
  n: { type: 'numeric(10,2)', description: A number, tests: [not_null, { accepted_values: [1, 2.5] }] }
  t: { type: text }
tests:
  - name: nothing
    sql: select * from gold.a where n < (select max(x) from silver.s)
*/
select n, t from bronze.log_event;
-- the end
`,
    'sql/silver/s.sql': `/* { description: s, columns: { x: { type: int } }, indexes: [[x]] } */ select 1 as x`,
    'sql/gold/readme.md': '',
    'sql/gold/.hidden.sql': 'no',
  });
  const [s, a] = await readModels(folder, sources);
  expect(s).toMatchObject({ id: 'silver.s', indexes: [['x']], reads: [] });
  expect(a).toMatchObject({
    id: 'gold.a',
    schema: 'gold',
    name: 'a',
    description: 'All of it /* even comments */ here.',
    materialized: 'view',
    columns: [
      {
        name: 'n',
        type: 'numeric(10,2)',
        description: 'A number',
        tests: [{ kind: 'not_null' }, { kind: 'accepted_values', values: [1, 2.5] }],
      },
      { name: 't', type: 'text', description: undefined, tests: [] },
    ],
    tests: [
      {
        kind: 'sql',
        name: 'nothing',
        sql: 'select * from gold.a where n < (select max(x) from silver.s)',
      },
    ],
    query: { sql: 'select n, t from bronze.log_event' },
    reads: ['bronze.log_event', 'silver.s'],
  });
});

test('every problem of every file is named with its place', async () => {
  expect(
    await problems({
      'gold/a.sql': 'select 1',
      'gold/b.sql': '/* never closed',
      'gold/c.sql': '/*\n  description: [\n*/ select 1',
      'gold/d.sql':
        '/*\ndescription: x\nmaterialised: view\ncolumns:\n  A: { type: int }\n*/ select 1',
      'gold/e.sql':
        '/*\ndescription: x\ncolumns:\n  n: { type: int, tests: [nonull] }\n*/ select 1',
      'gold/f.sql': `${header}select *\n  from customer`,
      'gold/g.sql':
        '/*\ndescription: x\ncolumns: { n: { type: int } }\nindexes: [[m]]\n*/ select 1',
      'gold/h.sql':
        '/*\ndescription: x\ncolumns: { n: { type: int } }\ntests:\n  - name: t\n    sql: select * from nowhere\n*/ select 1',
      'gold/i.sql': `${header}select n from gold.i`,
      'gold/j.sql':
        '/*\ndescription: x\ncolumns: { n: { type: int } }\ntests: [{ name: a, sql: select 1 }, { name: a, sql: select 2 }]\n*/ select 1',
    }),
  ).toEqual([
    expect.stringMatching(/^sql\/gold\/a\.sql:1:1: a model begins with its header/),
    expect.stringMatching(/^sql\/gold\/b\.sql:1:1: a model begins with its header/),
    expect.stringMatching(/^sql\/gold\/c\.sql:\d+:\d+: the header is not YAML: /),
    'sql/gold/d.sql:5:3: header: columns.A: must be a name of lower-case letters, digits and _',
    'sql/gold/d.sql:3:1: header: unknown key materialised; did you mean materialized? (there are description, materialized, columns, incremental, tests, indexes)',
    'sql/gold/e.sql:4:27: header: columns.n.tests.0: must be not_null, unique, {accepted_values: […]} or {relationships: {to: schema.name, column: name}}',
    'sql/gold/f.sql:6:8: "customer" needs its schema, like silver.customer',
    'sql/gold/g.sql:4:11: header: indexes: there is no column m',
    'sql/gold/h.sql:6:5: test "t": "nowhere" needs its schema, like silver.nowhere',
    'sql/gold/i.sql:5:15: gold.i reads itself',
    'sql/gold/j.sql:4:1: header: tests: two tests have the same name',
  ]);
});

test.each([
  [
    'a table test that is none',
    'tests: [{ rows: 1 }]',
    '4:9',
    'tests.0: must be {name, sql}, {row_count: {min, max}} or {freshness: {column, within: 2 days}}',
  ],
  [
    'a row count without a bound',
    'tests: [{ row_count: {} }]',
    '4:11',
    'tests.0.row_count: must have min or max',
  ],
  [
    'freshness of no column',
    'tests: [{ freshness: { column: at, within: 1 day } }]',
    '4:9',
    'tests.0.freshness: there is no column at',
  ],
  [
    'a view that grows',
    'materialized: view\nincremental: { from: bronze.log_event, by: file, slice: f, key: [f] }',
    '5:1',
    'incremental: a view holds no rows that could grow',
  ],
  [
    'slices of files in a date',
    'incremental: { from: bronze.log_event, by: file, slice: n, key: [n] }',
    '4:50',
    'incremental: it must be a column of type text',
  ],
  [
    'slices of time without one',
    'incremental: { from: bronze.log_event, by: day, slice: d, key: [d] }',
    '4:1',
    'incremental: it belongs to slices by day, month or year, and only to them',
  ],
  [
    'a key without the slice',
    'incremental: { from: bronze.log_event, by: file, slice: f, key: [n] }',
    '4:60',
    'incremental: the slice, f, is not in it',
  ],
  [
    'events that it does not read',
    'incremental: { from: bronze.other, by: file, slice: f, key: [f] }',
    '4:16',
    'incremental: it does not read bronze.other',
  ],
])('%s is named with its place', async (_, line, place, message) => {
  const text = `/*\ndescription: x\ncolumns: { n: { type: int }, f: { type: text }, d: { type: date } }\n${line}\n*/\nselect 1 from bronze.log_event`;
  expect(await problems({ 'gold/a.sql': text })).toContain(
    `sql/gold/a.sql:${place}: header: ${message}`,
  );
});

test('a relation that no model makes is named with its place and the nearest name', async () => {
  expect(
    await problems({
      'silver/customer.sql': `${header}select 1 as n`,
      'gold/a.sql': `${header}select n\nfrom silver.custommer, gold.customer, bronze.log_events, ops.reject, gold.zzzzzz`,
      'gold/b.sql': `${header}select n from crm.customer, pg_catalog.pg_class`,
    }),
  ).toEqual([
    'sql/gold/a.sql:6:6: there is no model silver.custommer; did you mean silver.customer?',
    'sql/gold/a.sql:6:24: there is no model gold.customer; did you mean silver.customer?',
    'sql/gold/a.sql:6:39: there is no model bronze.log_events; did you mean bronze.log_event?',
    'sql/gold/a.sql:6:58: there is no model ops.reject',
    'sql/gold/a.sql:6:70: there is no model gold.zzzzzz',
  ]);
});

test('models that read each other are named in their circle', async () => {
  expect(
    await problems({
      'gold/a.sql': `${header}select n from gold.b`,
      'gold/b.sql': `${header}select n from silver.c`,
      'silver/c.sql': `${header}select n from gold.a`,
    }),
  ).toEqual([
    'sql/silver/c.sql:1:1: models read each other in a circle: silver.c → gold.a → gold.b → silver.c',
  ]);
});

test("a model may not take the loader's table or a name that needs quotes", async () => {
  expect(await problems({ 'bronze/log_event.sql': `${header}select 1` })).toEqual([
    'sql/bronze/log_event.sql:1:1: bronze.log_event is filled by the loader',
  ]);
  expect(await problems({ 'gold/My Table.sql': `${header}select 1` })).toEqual([
    expect.stringContaining('sql/gold/My Table.sql: a model is named by'),
  ]);
});
