import { expect, test } from 'vitest';
import { alignRows, columnWidths, formatTable } from '../../src/text/table.js';

test('columns line up as a terminal shows them, and lines end with their text', () => {
  const rows = [
    ['name', 'groups'],
    ['日本', 'a'],
    ['e\u0301', ''],
  ];
  expect(formatTable(rows)).toBe('name  groups\n日本  a\ne\u0301\n');
  expect(columnWidths(rows)).toEqual([4, 6]);
});

test('a column may stand on the right, and rows may be short', () => {
  const style = { gap: ' | ', isRight: (column: number) => column === 1 };
  expect(alignRows([['a', 'rows'], ['total', '7'], ['none']], style)).toEqual([
    'a     | rows',
    'total |    7',
    'none',
  ]);
  expect(alignRows([])).toEqual([]);
});
