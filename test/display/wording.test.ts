import { expect, test } from 'vitest';
import {
  formatCount,
  formatDate,
  formatList,
  formatMonth,
  formatNumber,
  formatPercent,
} from '../../src/display/wording.js';

test('numbers', () => {
  expect(formatNumber(39235)).toBe('39,235');
  expect(formatNumber(12.345)).toBe('12.35');
  expect(formatNumber(12.345, 0)).toBe('12');
  expect(formatNumber(62, 1)).toBe('62.0');
  expect(formatNumber(-67)).toBe('−67');
  expect(formatNumber(1234567890123456789n)).toBe('1,234,567,890,123,456,789');
  expect([null, undefined, Number.NaN].map((value) => formatNumber(value))).toEqual([
    '–',
    '–',
    '–',
  ]);
});

test.each([
  [formatPercent(-0.0004), '0.0\u00a0%'],
  [formatPercent(-0.04, 0), '−4\u00a0%'],
  [formatNumber(-0), '0'],
  [formatNumber(-0.001), '0'],
  [formatNumber(-0.001, 2), '0.00'],
  [formatNumber(-0.01), '−0.01'],
  [formatCount(-0.4, 'customer'), '0\u00a0customers'],
])('what rounds to nothing has no sign: %s', (text, expected) => {
  expect(text).toBe(expected);
});

test('shares keep their digits, and the sign stays on the line of the number', () => {
  expect(formatPercent(0.12812)).toBe('12.8\u00a0%');
  expect(formatPercent(0)).toBe('0.0\u00a0%');
  expect(formatPercent(1, 0)).toBe('100\u00a0%');
  expect(formatPercent(null)).toBe('–');
});

test('counts take their noun in the right number', () => {
  expect(formatCount(1, 'customer')).toBe('1\u00a0customer');
  expect(formatCount(0n, 'customer')).toBe('0\u00a0customers');
  expect(formatCount(1234, 'company', 'companies')).toBe('1,234\u00a0companies');
});

test.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago'])('dates stay on their day in %s', (zone) => {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    expect(formatMonth('2019-05-01')).toBe('May 2019');
    expect(formatDate('2019-12-31')).toBe('31 December 2019');
    expect(formatDate('2019-12-31T23:59:59Z')).toBe('31 December 2019');
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

test('other texts are no dates', () => {
  expect(() => formatMonth('May 2019')).toThrow(RangeError);
  expect(() => formatDate('2019-13-01')).toThrow(/"2019-13-01" does not begin with a date/);
});

test('lists', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(formatList)).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
});
