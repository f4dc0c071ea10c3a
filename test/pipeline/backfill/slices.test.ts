import { expect, test } from 'vitest';
import { isDay, readWidth, slicesOf } from '../../../src/pipeline/backfill/slices.js';
import { daysOfFile } from '../../../src/pipeline/extract/time/file-date.js';

const whole = { from: '2024-01-30', to: '2024-03-02' };

test.each([
  ['1 month', ['2024-01-30/2024-01-31', '2024-02-01/2024-02-29', '2024-03-01/2024-03-02']],
  ['1 year', ['2024-01-30/2024-03-02']],
  ['2 weeks', ['2024-01-30/2024-02-12', '2024-02-13/2024-02-26', '2024-02-27/2024-03-02']],
])('slices of %s', (text, expected) => {
  const width = readWidth(text);
  expect(width).toBeDefined();
  const slices = width === undefined ? [] : slicesOf(whole, width, false);
  expect(slices.map(({ from, to }) => `${from}/${to}`)).toEqual(expected);
  expect(width === undefined ? [] : slicesOf(whole, width, true)).toEqual(slices.reverse());
});

test('what is no day and no width is refused', () => {
  for (const text of ['2024-02-30', '2024-2-1', 'today', '0001-01-01'])
    expect(isDay(text)).toBe(false);
  for (const text of ['0 days', 'a day', '1 hour', '']) expect(readWidth(text)).toBeUndefined();
  expect(isDay('2024-02-29')).toBe(true);
});

test.each([
  ['orders-2024.csv', '2024-01-01', '2024-12-31'],
  ['2024/orders-2024-02.csv.gz', '2024-02-01', '2024-02-29'],
  ['app_20240307.log', '2024-03-07', '2024-03-07'],
])('the days of %s', (name, from, to) => {
  expect(daysOfFile(name)).toEqual({ from, to });
});

test('a name without a date has no days', () => {
  expect(daysOfFile('orders-17.csv')).toBeUndefined();
});
