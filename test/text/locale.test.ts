import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dateFormat, numberFormat } from '../../src/chart/figure/format.js';
import { readMetric } from '../../src/chart/metric/metric.js';
import { completeProject } from '../../src/config/project/project-settings.js';
import * as wording from '../../src/display/wording.js';
import { formatDay, formatInstant } from '../../src/server/parts/time.js';
import { countOf, formatBytes, formatCount, formatDuration } from '../../src/text/amounts.js';
import { currentLocale, defaultLocale, plainDigits, useLocale } from '../../src/text/locale.js';

/** What every place that writes a number or a date writes, with spaces that do not break as `_`. */
function written(): Readonly<Record<string, string>> {
  const texts = {
    number: numberFormat(undefined)(-1234567.891),
    fixed: numberFormat(',.2f')(1234.5),
    share: numberFormat('.1%')(0.12812),
    power: numberFormat(undefined)(1.5e20),
    year: numberFormat(undefined, '', '', 'min2')(2019),
    month: dateFormat(['2019-05-01', '2019-06-01'], 'long')('2019-05-01'),
    day: dateFormat(['2019-05-02', '2019-05-03'], 'short')('2019-05-02'),
    time: dateFormat(['2019-05-02 13:05', '2019-05-02 14:00'], 'short')('2019-05-02 13:05'),
    card: readMetric({ label: 'Revenue', value: 1234567.5 })?.value,
    prose: wording.formatNumber(39235.456),
    percent: wording.formatPercent(-0.12812),
    count: wording.formatCount(1234, 'customer'),
    proseMonth: wording.formatMonth('2019-05-01'),
    proseDate: wording.formatDate('2019-12-31'),
    list: wording.formatList(['a', 'b', 'c']),
    pageDay: formatDay('2026-11-22T12:27:00Z', 'America/Toronto'),
    pageInstant: formatInstant('2026-11-22T12:27:00Z', 'America/Toronto'),
    pageCount: formatCount(92053),
    size: formatBytes(1_234_567),
    duration: formatDuration(12_345),
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      text?.replace(/[\u00a0\u202f]/g, '_') ?? '',
    ]),
  );
}

beforeEach(() => {
  useLocale(defaultLocale);
});
afterEach(() => {
  useLocale(defaultLocale);
});

describe('numbers and dates are written by the one locale of the publication', () => {
  test.each(['en-CA', 'en-US', 'de-DE', 'fr-CA', 'fr-FR'])('%s', (locale) => {
    useLocale(locale, true);
    expect(written()).toMatchSnapshot();
  });

  test('but for what terminals say of counts', () => {
    useLocale('de-DE');
    expect([countOf(92053, 'row'), formatBytes(1_234_567)]).toEqual(['92,053 rows', '1.2 MB']);
    expect(numberFormat(undefined)(1234.5)).toBe('1.234,5');
  });

  test('also where the locale comes with the page', () => {
    Reflect.deleteProperty(globalThis, 'daybookLocale');
    Reflect.set(globalThis, 'document', { documentElement: { dataset: { locale: 'fr-CA' } } });
    try {
      expect(currentLocale()).toBe('fr-CA');
      expect(formatCount(92053)).toBe('92\u00a0053');
    } finally {
      Reflect.deleteProperty(globalThis, 'document');
    }
  });

  test.each([
    ['en-CA', '−1,234.5', '-1234.5'],
    ['de-DE', '−1.234,5', '-1234.5'],
    ['fr-CA', '1\u00a0234,5', '1234.5'],
    ['de-DE', '1,234,5', undefined],
    ['de-DE', '1234 rows', undefined],
  ])('and files for programs have the digits of it: %s, %s', (locale, text, digits) => {
    useLocale(locale);
    expect(plainDigits(text)).toBe(digits);
  });

  test('and one that nobody has is refused', () => {
    expect(completeProject({ locale: 'de-DE' })).toMatchObject({ settings: { locale: 'de-DE' } });
    for (const locale of ['xx-YY', 'german', '', 'de_DE', 7]) {
      expect(completeProject({ locale })).toMatchObject({ problems: [{ path: ['locale'] }] });
    }
  });
});
