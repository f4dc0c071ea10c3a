import { expect, test } from 'vitest';
import { codeFrame } from '../../src/text/code-frame.js';

const source = Array.from({ length: 12 }, (_, index) => `line${index + 1}`).join('\n');

test('two lines before and after, a mark at the line and under the column', () => {
  expect(codeFrame(source, { line: 9, column: 3 })).toEqual([
    '   7 | line7',
    '   8 | line8',
    '>  9 | line9',
    '     |   ^',
    '  10 | line10',
    '  11 | line11',
  ]);
});

test('without a column only the line is marked; at the ends there are fewer lines', () => {
  expect(codeFrame('only', { line: 1 })).toEqual(['> 1 | only']);
  expect(codeFrame(source, { line: 12 })).toEqual([
    '  10 | line10',
    '  11 | line11',
    '> 12 | line12',
  ]);
});

test('tabs keep the mark under its character, long lines are cut', () => {
  expect(codeFrame('\t\tx', { line: 1, column: 3 })).toEqual(['> 1 | \t\tx', '    | \t\t^']);
  const long = `${'a'.repeat(898)} b ${'c'.repeat(898)}`;
  for (const column of [1, 2, 100, 900, 1700, long.length]) {
    const [row = '', mark = ''] = codeFrame(long, { line: 1, column });
    expect(row.length).toBeLessThan(200);
    expect(row[mark.indexOf('^')]).toBe(long[column - 1]);
  }
});
