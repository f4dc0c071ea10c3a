import { afterEach, expect, test } from 'vitest';
import { numberChange } from '../../../src/server/rendering/number-change.js';
import { defaultLocale, useLocale } from '../../../src/text/locale.js';

afterEach(() => {
  useLocale(defaultLocale);
});

test.each([
  ['1,200', '1,300', '+100'],
  ['0.125', '0.1', '−0.025'],
  ['3.4 %', '2.3 %', '−1.1 pp'],
  ['$1,200.50', '$1,000.50', '−$200.00'],
  ['−5', '7', '+12'],
  ['12 days', '12 days', '0 days'],
  ['1200', '1300', '+100'],
  ['10', '–', undefined],
  ['2019-01-01', '2019-02-01', undefined],
  ['May 2019', 'May 2020', undefined],
  ['3 %', '3', undefined],
  ['12345678901234567', '12345678901234568', undefined],
  ['', '', undefined],
])('%j to %j is %j', (before, after, change) => {
  expect(numberChange(before, after)).toBe(change);
});

test('by the signs of the locale', () => {
  useLocale('de-DE');
  expect(numberChange('1.200,5', '1.300,0')).toBe('+99,5');
});
