/**
 * How numbers and dates are written in prose, cards and tables, so that every notebook writes them
 * alike, by the project's locale: in the default one `1,234`, `12.8 %`, `May 2019`. Null and undefined are written as
 * a dash.
 */

import { currentLocale, defaultLocale, numberFormatter } from '../text/locale.js';

const dash = '–';
// Keeps a number and its unit on one line.
const noBreakSpace = '\u00a0';

type Numeric = number | bigint;

/**
 * A number with its thousands separated and, where it is negative, a minus sign as wide as the plus.
 *
 * @param digits - How many digits stand after the point; without it, at most two.
 * @example
 * formatNumber(39235)   // '39,235'
 * formatNumber(12.3456) // '12.35'
 * formatNumber(62, 1)   // '62.0'
 */
export function formatNumber(value: Numeric | null | undefined, digits?: number): string {
  if (value === null || value === undefined) return dash;
  if (typeof value === 'number' && !Number.isFinite(value)) return dash;
  return numberFormatter(currentLocale(), {
    minimumFractionDigits: digits ?? 0,
    maximumFractionDigits: digits ?? 2,
    // What rounds to nothing has no sign.
    signDisplay: 'negative',
  })
    .format(value)
    .replace('-', '−');
}

/**
 * A share from 0 to 1 as a percentage with a fixed number of digits after the point.
 *
 * @example
 * formatPercent(0.12812)  // '12.8 %'
 * formatPercent(1, 0)     // '100 %'
 */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  const locale = currentLocale();
  if (locale !== defaultLocale && typeof share === 'number' && Number.isFinite(share)) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return numberFormatter(locale, { ...options, style: 'percent', signDisplay: 'negative' })
      .format(share)
      .replace('-', '−');
  }
  const percent = formatNumber(typeof share === 'number' ? share * 100 : share, digits);
  return percent === dash ? dash : `${percent}${noBreakSpace}%`;
}

/**
 * A count with its noun, in the singular where it is one.
 *
 * @param plural - The noun in the plural, where an s at the end is not enough.
 * @example
 * formatCount(1, 'customer')                // '1 customer'
 * formatCount(1234n, 'customer')            // '1,234 customers'
 * formatCount(0, 'province', 'provinces')   // '0 provinces'
 */
export function formatCount(
  value: Numeric | null | undefined,
  singular: string,
  plural = `${singular}s`,
): string {
  return `${formatNumber(value, 0)}${noBreakSpace}${isOne(value) ? singular : plural}`;
}

/** Whether a count takes the singular: in French zero does, too. */
function isOne(value: Numeric | null | undefined): boolean {
  const locale = currentLocale();
  if (locale === defaultLocale) return Number(value) === 1;
  return new Intl.PluralRules(locale).select(Number(value ?? Number.NaN)) === 'one';
}

/** The calendar date at the start of RFC 3339 text, as an instant in UTC, where no zone moves it. */
function calendarDate(date: string): Date {
  const match = /^(\d{4}-\d{2}-\d{2})/.exec(date);
  const parsed = new Date(`${match?.[1] ?? ''}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime())) {
    throw new RangeError(`"${date}" does not begin with a date like 2019-05-01`);
  }
  return parsed;
}

/**
 * The month of a date, as the warehouse gives dates.
 *
 * @param date - Text that begins with `YYYY-MM-DD`.
 * @throws RangeError for any other text.
 * @example
 * formatMonth('2019-05-01') // 'May 2019'
 */
export function formatMonth(date: string): string {
  return new Intl.DateTimeFormat(currentLocale(), {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(calendarDate(date));
}

/**
 * A date in full. The calendar date that the text itself names is kept: no zone is applied.
 *
 * @param date - Text that begins with `YYYY-MM-DD`.
 * @throws RangeError for any other text.
 * @example
 * formatDate('2019-12-31') // '31 December 2019'
 */
export function formatDate(date: string): string {
  const day = calendarDate(date);
  const locale = currentLocale();
  if (locale !== defaultLocale) {
    const options = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
    return new Intl.DateTimeFormat(locale, options).format(day);
  }
  const month = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(day);
  return `${day.getUTCDate()} ${month} ${day.getUTCFullYear()}`;
}

/**
 * Words in a row as a sentence lists them.
 *
 * @example
 * formatList(['Ontario', 'Quebec', 'Alberta']) // 'Ontario, Quebec and Alberta'
 */
export function formatList(words: readonly string[]): string {
  const locale = currentLocale();
  if (locale !== defaultLocale) return new Intl.ListFormat(locale).format(words);
  const last = words.at(-1);
  if (last === undefined) return '';
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
