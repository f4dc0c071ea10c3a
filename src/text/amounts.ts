/**
 * Counts, durations and sizes as people read them, on pages, in terminals and in messages. In the default locale none of
 * it asks Intl, whose first use takes 50 ms, a tenth of a run with nothing to do.
 */

import { countLocale, decimalSign, defaultLocale, numberFormatter } from './locale.js';

/** A count with its thousands apart, like `92,053`; a dash for one that is not known. */
export function formatCount(count: number | null | undefined): string {
  if (count === null || count === undefined) return '–';
  const locale = countLocale();
  if (locale !== defaultLocale) {
    const options = { maximumFractionDigits: 3, signDisplay: 'negative' } as const;
    return numberFormatter(locale, options).format(count);
  }
  const [whole = '', fraction] = String(
    Number.isInteger(count) ? count : Number(count.toFixed(3)),
  ).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A count with its noun: `1 row`, `92,053 rows`, `2 queries`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** A duration like `5.2 ms`, `850 ms`, `12.3 s`, `4 min 5 s`, `2 h 0 min`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 10) return `${fraction(String(Math.round(ms * 10) / 10))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${fraction((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size like `999 bytes`, `1.2 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // What rounds to 1000.0 is one of the next unit.
  while (value >= (unit === 0 ? 1000 : 999.95) && unit < units.length - 1) {
    [value, unit] = [value / 1000, unit + 1];
  }
  return `${unit === 0 ? value : fraction(value.toFixed(1))} ${units[unit] ?? ''}`;
}

/** A number below 1000 with the sign of the locale before its fraction. */
function fraction(digits: string): string {
  const locale = countLocale();
  return locale === defaultLocale ? digits : digits.replace('.', decimalSign(locale));
}
