// The slices of a backfill: spans of days in the order that was asked for. Pure.

import type { Period } from '../definitions/period.js';

/** How long a slice is: so many days, or months or years of the calendar. */
export interface SliceWidth {
  readonly count: number;
  readonly unit: 'day' | 'month' | 'year';
}

/** The most slices of a backfill. */
export const mostSlices = 5000;

const dayMs = 86_400_000;

/** Reads `7 days`, `1 month`; undefined for anything else. */
export function readWidth(text: string): SliceWidth | undefined {
  const [, count = '', unit = ''] = /^(\d{1,4}) (day|week|month|year)s?$/.exec(text.trim()) ?? [];
  const number = Number(count);
  if (unit === '' || number < 1) return undefined;
  return unit === 'week'
    ? { count: 7 * number, unit: 'day' }
    : { count: number, unit: unit as SliceWidth['unit'] };
}

/** Whether a text is a day of the calendar, like `2026-03-01`. */
export function isDay(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && textOf(time) === text;
}

/**
 * The slices of a period, in order. Those of months and years begin where these do, but for the first.
 *
 * @param whole - Its days exist.
 * @returns At most {@link mostSlices} and one more.
 */
export function slicesOf(whole: Period, width: SliceWidth, newestFirst: boolean): Period[] {
  const slices: Period[] = [];
  for (let from = whole.from; from <= whole.to && slices.length <= mostSlices;) {
    const next = nextStart(from, width);
    const last = textOf(Date.parse(`${next}T00:00:00Z`) - dayMs);
    slices.push({ from, to: last < whole.to ? last : whole.to });
    from = next;
  }
  return newestFirst ? slices.reverse() : slices;
}

function nextStart(day: string, { count, unit }: SliceWidth): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  if (unit === 'day') return textOf(Date.UTC(year, month - 1, date + count));
  if (unit === 'month') return textOf(Date.UTC(year, month - 1 + count, 1));
  return textOf(Date.UTC(year + count, 0, 1));
}

function textOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
