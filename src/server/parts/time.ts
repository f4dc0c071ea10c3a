// Dates and times on pages, in the report's time zone.

import type { Element } from 'hast';
import { h } from 'hastscript';
import { currentLocale, defaultLocale } from '../../text/locale.js';
import { BoundedCache } from '../../http/bounded-cache.js';

/** The calendar day of an instant in a zone, like `31 Dec 2019`. */
export function formatDay(instant: string, timeZone: string): string {
  return parts(instant, timeZone, dayOptions);
}

/** An instant in a zone to the minute, like `22 Nov 2026, 07:27 EST`. */
export function formatInstant(instant: string, timeZone: string): string {
  const locale = currentLocale();
  if (locale !== defaultLocale) {
    return formatOf(locale, timeZone, wholeOptions).format(new Date(instant));
  }
  const time = parts(instant, timeZone, timeOptions);
  return `${formatDay(instant, timeZone)}, ${time}`;
}

const dayOptions = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const timeOptions = {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
} as const;

const wholeOptions = { ...dayOptions, ...timeOptions } as const;

type Options = typeof dayOptions | typeof timeOptions | typeof wholeOptions;

/** Constructing a format costs fifty uses of it, and pages have thousands of rows. */
const formats = new BoundedCache<Intl.DateTimeFormat>(100);

function formatOf(locale: string, timeZone: string, options: Options): Intl.DateTimeFormat {
  const key = `${locale} ${Object.keys(options).length} ${timeZone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat(locale, { timeZone, ...options });
  formats.set(key, format);
  return format;
}

function parts(
  instant: string,
  timeZone: string,
  options: typeof dayOptions | typeof timeOptions,
): string {
  const locale = currentLocale();
  if (locale !== defaultLocale) {
    return formatOf(locale, timeZone, options).format(new Date(instant));
  }
  const found = new Map(
    formatOf(locale, timeZone, options)
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value.replace('.', '')]),
  );
  const at = (...types: Intl.DateTimeFormatPartTypes[]) =>
    types.flatMap((type) => found.get(type) ?? []);
  return found.has('hour')
    ? `${at('hour', 'minute').join(':')} ${at('timeZoneName').join('')}`
    : at('day', 'month', 'year').join(' ');
}

/**
 * An instant as a `time` element. The page's script writes it as relative (`3 minutes ago`) and keeps
 * the absolute as its tooltip; without script and in print the absolute stands.
 */
export function timeElement(instant: string, timeZone: string): Element {
  const absolute = formatInstant(instant, timeZone);
  return h('time', { className: 'relative', dateTime: instant, title: absolute }, absolute);
}
