// Dates by day, week, month, quarter and year, in the calendar of the text itself: no time zone shifts them.

/** The bins of dates, finest first. */
export const dateBins = ['day', 'week', 'month', 'quarter', 'year'] as const;

/** One of {@link dateBins}. */
export type DateBin = (typeof dateBins)[number];

/** Text that begins with a calendar date of four digits of a year, with or without a time. */
export const datePattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:$|[ T])/;

/** The first day of the bin of a date, as `2019-05-01`; weeks begin on Monday. */
export function binDate(date: string, bin: DateBin): string {
  const day = date.slice(0, 10);
  switch (bin) {
    case 'day':
      return day;
    case 'week':
      return addDays(day, -((weekday(day) + 6) % 7));
    case 'month':
      return `${day.slice(0, 7)}-01`;
    case 'quarter': {
      const month = Number(day.slice(5, 7));
      return `${day.slice(0, 5)}${String(month - ((month - 1) % 3)).padStart(2, '0')}-01`;
    }
    case 'year':
      return `${day.slice(0, 4)}-01-01`;
  }
}

/** The first and the last day of a bin. @param start - Its first day. */
export function binSpan(start: string, bin: DateBin): { from: string; to: string } {
  const from = start.slice(0, 10);
  const months = { month: 1, quarter: 3, year: 12 };
  const next =
    bin === 'day' || bin === 'week'
      ? addDays(from, bin === 'day' ? 1 : 7)
      : addMonths(from, months[bin]);
  return { from, to: addDays(next, -1) };
}

/** A calendar date some days later, or earlier. */
export function addDays(date: string, days: number): string {
  const time = timeOf(date);
  time.setUTCDate(time.getUTCDate() + days);
  return textOf(time);
}

/** A calendar date some months later, or earlier; at most the last day of that month. */
export function addMonths(date: string, months: number): string {
  const time = timeOf(date);
  const day = time.getUTCDate();
  time.setUTCDate(1);
  time.setUTCMonth(time.getUTCMonth() + months + 1, 0);
  time.setUTCDate(Math.min(day, time.getUTCDate()));
  return textOf(time);
}

function weekday(date: string): number {
  return timeOf(date).getUTCDay();
}

function timeOf(date: string): Date {
  const time = new Date(0);
  // Years below 100 are years, too.
  time.setUTCFullYear(
    Number(date.slice(0, 4)),
    Number(date.slice(5, 7)) - 1,
    Number(date.slice(8, 10)),
  );
  return time;
}

function textOf(time: Date): string {
  const year = time.getUTCFullYear();
  const sign = year < 0 ? '-' : '';
  return `${sign}${String(Math.abs(year)).padStart(4, '0')}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
