// Number and date formats of axes and tables.

import { currentLocale, decimalSign, defaultLocale, numberFormatter } from '../../text/locale.js';
import type { Value } from './values.js';

const dash = '–';
const noBreakSpace = '\u00a0';

/** Formats the values of a column or axis. */
export type Format = (value: Value) => string;

const isoDate =
  /^(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Whether a value is a date in plotly's notation: `2019-05`, `2019-05-01`, with or without a time. */
export function isDate(value: Value): value is string {
  return typeof value === 'string' && isoDate.test(value);
}

/** Milliseconds on a scale of calendar time, without time zones: the text itself names the date. */
export function calendarTime(date: string): number {
  const [, year, month, day, hour, minute, second, fraction] = isoDate.exec(date) ?? [];
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day ?? 1),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    Number(fraction ?? 0) * 1000,
  );
}

/**
 * An instant as text for plotly, in UTC's calendar: as a number, each reader would see it in the zone of their
 * browser. Years beyond four digits stay numbers.
 *
 * @param time - Milliseconds since 1970.
 */
export function timeText(time: number): string | number {
  const date = new Date(Math.round(time));
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return time;
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/(?: 00:00)?(?::00)?\.000Z$|Z$/, '');
}

/**
 * The format of dates that are shown together: years, months, days, minutes, seconds or milliseconds, whichever is
 * the coarsest that distinguishes them.
 *
 * @param style - `short` for the labels of an axis, `long` for tables.
 */
export function dateFormat(dates: readonly string[], style: 'short' | 'long'): Format {
  const parts = dates.map((date) => isoDate.exec(date) ?? []);
  const hasTime = parts.some(([, , , , hour = '00', minute = '00']) => hour + minute !== '0000');
  // The time in as many digits as needed: `04:05`, `04:05:06`, `04:05:06.007`.
  const timeLength = hasTime || !areApart(dates, 10) ? timeLengthOf(dates) : 0;
  const hasDay = timeLength > 0 || parts.some(([, , , day = '01']) => day !== '01');
  const hasMonth = hasDay || parts.some(([, , month]) => month !== '01');
  const locale = currentLocale();
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    year: 'numeric',
    ...(hasMonth ? { month: style } : {}),
    ...(hasDay ? { day: 'numeric' } : {}),
  });
  return (value) => {
    if (!isDate(value)) return value === null ? dash : String(value);
    const time = calendarTime(value);
    const clock = new Date(time).toISOString().slice(11, 11 + timeLength);
    if (locale !== defaultLocale) {
      return timeLength > 0 ? `${format.format(time)}, ${clock}` : format.format(time);
    }
    const { year, month, day } = Object.fromEntries(
      format.formatToParts(time).map(({ type, value: text }) => [type, text.replace('.', '')]),
    );
    const text = [day, month, year].filter((part) => part !== undefined).join(' ');
    return timeLength > 0 ? `${text}, ${clock}` : text;
  };
}

function timeLengthOf(dates: readonly string[]): number {
  return [5, 8].find((length) => areApart(dates, 11 + length)) ?? 12;
}

/** Whether instants stay distinct when their text is cut to a length. */
function areApart(dates: readonly string[], length: number): boolean {
  const times = [...new Set(dates.map(calendarTime))].filter((time) => !Number.isNaN(time));
  const texts = times.map((time) => new Date(time).toISOString().slice(0, length));
  return new Set(texts).size === times.length;
}

/**
 * The format of numbers, by the part of d3's format language that charts of counts and shares use: `,d`, `.1f`,
 * `.1%`, `.1~%`, with prefix and suffix.
 *
 * @param specification - `tickformat` of an axis; unsupported ones give the default: thousands separators, up to
 *   four decimals, powers of ten where those would show nothing.
 * @param useGrouping - `min2` leaves four digits together, which may be a year.
 */
export function numberFormat(
  specification: string | undefined,
  prefix = '',
  suffix = '',
  useGrouping: 'always' | 'min2' = 'always',
): Format {
  const match = /^,?(?:\.(\d{1,2}))?(~?)([df%])$/.exec(specification ?? '');
  const isPercent = match?.[3] === '%';
  const digits = match === null ? 4 : Number(match[1] ?? (match[3] === 'd' ? 0 : 6));
  const isFixed = match?.[2] === '' && match[1] !== undefined;
  const most = Math.min(digits, 20);
  const locale = currentLocale();
  // In the default locale a space stands before the sign; all others have it where Intl has it.
  const isOurs = locale === defaultLocale;
  const format = numberFormatter(locale, {
    ...(isPercent && !isOurs ? { style: 'percent' } : {}),
    minimumFractionDigits: isFixed ? most : 0,
    maximumFractionDigits: most,
    useGrouping,
    // A number that rounds to zero has no sign.
    signDisplay: 'negative',
  });
  return (value) => {
    if (value === null || value === '') return dash;
    if (typeof value !== 'number') return value;
    if (!Number.isFinite(value)) return dash;
    const size = Math.abs(value);
    if (match === null && size !== 0 && (size >= 1e15 || size < 1e-4)) {
      const power = value.toExponential().replaceAll('-', '−');
      return `${prefix}${isOurs ? power : power.replace('.', decimalSign(locale))}${suffix}`;
    }
    const text = format.format(isPercent && isOurs ? value * 100 : value).replace('-', '−');
    return `${prefix}${text}${isPercent && isOurs ? `${noBreakSpace}%` : ''}${suffix}`;
  };
}
