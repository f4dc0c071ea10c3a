import { expect, test } from 'vitest';
import { originOf, setOrigin } from '../../src/text/result-origin.js';

const origin = { sql: 'select 1 as n', values: [], columns: [{ name: 'n', type: 'integer' }] };

test('the origin goes with the rows as they came, and with nothing that is made of them', () => {
  const rows = [{ n: 1 }, { n: 2 }];
  setOrigin(rows, origin);
  expect(originOf(rows)).toMatchObject(origin);
  expect(Object.keys(rows)).toEqual(['0', '1']);
  expect(originOf(rows.filter(({ n }) => n > 0))).toBeUndefined();
  expect(originOf([...rows])).toBeUndefined();
  rows.reverse();
  expect(originOf(rows)).toBeUndefined();
  rows.reverse();
  expect(originOf(rows)).toMatchObject(origin);
  rows.push({ n: 3 });
  expect(originOf(rows)).toBeUndefined();
  expect(originOf([])).toBeUndefined();
});
