import { expect, test } from 'vitest';
import { shapeOf } from '../../src/display/shape.js';
import { setOrigin } from '../../src/text/result-origin.js';

/** The shape of the rows of a query with some columns. */
function shapeOfResult(rows: object[], columns: readonly (readonly [string, string])[]) {
  const origin = { sql: 'select', values: [] };
  setOrigin(rows, { ...origin, columns: columns.map(([name, type]) => ({ name, type })) });
  return shapeOf(rows);
}

test('the rows of a query have its columns and their types, also where there are none of them', () => {
  expect(shapeOfResult([{ n: 1n }], [['n', 'bigint']])).toEqual({
    ...{ kind: 'rows', count: 1 },
    rows: [{ n: 1n }],
    types: { n: 'bigint' },
  });
  expect(shapeOfResult([], [['n', 'bigint']])).toMatchObject({ count: 0, types: { n: 'bigint' } });
  expect(shapeOfResult([{}], [])).toEqual({ kind: 'other' });
  const many = Array.from({ length: 61 }, (_, at) => [`c${at}`, 'text'] as const);
  expect(shapeOfResult([{}], many)).toEqual({ kind: 'other' });
});

test('of rows that have been sorted the values say the types', () => {
  const rows = [{ n: 2 }, { n: 1 }];
  shapeOfResult(rows, [['n', 'integer']]);
  rows.sort((a, b) => a.n - b.n);
  expect(shapeOf(rows)).toMatchObject({ types: { n: 'number' } });
});
