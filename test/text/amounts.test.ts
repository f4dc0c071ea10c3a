import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countOf, formatBytes, formatCount, formatDuration } from '../../src/text/amounts.js';

test('counts are written as the English of Canada writes numbers', () => {
  const locale = new Intl.NumberFormat('en-CA');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.maxSafeInteger(),
        fc.integer().map((n) => n / 1000),
      ),
      (count) => {
        expect(formatCount(count)).toBe(locale.format(count));
      },
    ),
  );
  expect([null, undefined].map(formatCount)).toEqual(['–', '–']);
});

test.each([
  [0, 'row', undefined, '0 rows'],
  [1, 'row', undefined, '1 row'],
  [92_053, 'row', undefined, '92,053 rows'],
  [2, 'query', 'queries', '2 queries'],
] as const)('%d %s', (count, noun, plural, text) => {
  expect(countOf(count, noun, plural)).toBe(text);
});

test.each([
  [-5, '0 ms'],
  [0, '0 ms'],
  [5.24, '5.2 ms'],
  [35.4, '35 ms'],
  [999, '999 ms'],
  [999.7, '1.0 s'],
  [12_345, '12.3 s'],
  [59_970, '1 min 0 s'],
  [119_700, '2 min 0 s'],
  [245_000, '4 min 5 s'],
  [3_599_900, '1 h 0 min'],
  [7_260_000, '2 h 1 min'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

const sizes: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

test('a duration says what it is to its last digit, and no unit is full', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (ms) => {
      const parts = [...formatDuration(ms).matchAll(/([\d.]+) (\w+)/g)].map(
        ([, digits = '', unit = '']) => ({ digits, unit, size: sizes[unit] ?? NaN }),
      );
      const last = parts.at(-1)!;
      const step = last.size / (last.digits.includes('.') ? 10 : 1);
      const said = parts.reduce((sum, { digits, size }) => sum + Number(digits) * size, 0);
      expect(Math.abs(said - ms)).toBeLessThanOrEqual(step);
      for (const { digits, unit } of parts) {
        if (unit !== 'h') expect(Number(digits)).toBeLessThan(unit === 'ms' ? 1000 : 60);
      }
    }),
  );
});

test.each([
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [999_960, '1.0 MB'],
  [2_500_000_000, '2.5 GB'],
  [5e15, '5000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
