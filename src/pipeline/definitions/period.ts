// A span of days, by which work on the past is divided.

/** Days from one to another, both included, as texts like `2026-03-01`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Whether a day of the calendar lies in a period. */
export function isWithin(day: string | null, { from, to }: Period): boolean {
  // Years before 1000 and after 9999 are written otherwise, and lie in no period.
  return day !== null && /^\d{4}-\d\d-\d\d$/.test(day) && day >= from && day <= to;
}

/** Whether two periods have a day in common. */
export function overlaps(one: Period, other: Period): boolean {
  return one.from <= other.to && other.from <= one.to;
}
