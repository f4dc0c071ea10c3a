// Filters on rows as readers set them (values, spans of dates or numbers, a text), and the rows that pass them.

import { addDays, addMonths } from './bin-dates.js';
import { parseDecimal, powerOfTen } from './decimal.js';
import type { Field, Rows } from './rows.js';

/** Spans of dates up to the last date of the data, by their names in addresses. */
export const datePresets = [
  'last-7-days',
  'last-30-days',
  'last-90-days',
  'last-12-months',
  'this-year',
  'year-before',
] as const;

/** One of {@link datePresets}. */
export type DatePreset = (typeof datePresets)[number];

/** What is chosen of a field. Both ends of a span belong to it; an end that is left out is open. */
export type Choice =
  | { readonly kind: 'values'; readonly values: readonly (string | null)[] }
  | { readonly kind: 'dates'; readonly from?: string; readonly to?: string }
  | { readonly kind: 'preset'; readonly preset: DatePreset }
  | { readonly kind: 'numbers'; readonly from?: string; readonly to?: string }
  | { readonly kind: 'text'; readonly text: string };

/** What is chosen, by field. */
export type Choices = ReadonlyMap<string, Choice>;

/** The days of a preset, both included. @param end - The last date of the data. */
export function presetDates(preset: DatePreset, end: string): { from: string; to: string } {
  const day = end.slice(0, 10);
  switch (preset) {
    case 'last-7-days':
      return { from: addDays(day, -6), to: day };
    case 'last-30-days':
      return { from: addDays(day, -29), to: day };
    case 'last-90-days':
      return { from: addDays(day, -89), to: day };
    case 'last-12-months':
      return { from: addDays(addMonths(day, -12), 1), to: day };
    case 'this-year':
      return { from: `${day.slice(0, 4)}-01-01`, to: day };
    case 'year-before': {
      const year = String(Number(day.slice(0, 4)) - 1).padStart(4, '0');
      return { from: `${year}-01-01`, to: `${year}-12-31` };
    }
  }
}

/**
 * The rows that are chosen: 1 for each of them. Fields that the rows do not have choose nothing.
 *
 * @param endOf - The last date of a field on the whole page, for presets.
 */
export function chosenRows(
  rows: Rows,
  choices: Choices,
  endOf: (field: string) => string | undefined,
): Uint8Array {
  const chosen = new Uint8Array(rows.count).fill(1);
  for (const [name, choice] of choices) {
    const field = rows.fields.get(name);
    if (field === undefined) continue;
    const { values, codes } = field.dimension();
    const isChosen = choosing(choice, field, endOf(name));
    const keeps = Uint8Array.from(values, (value) => (isChosen(value) ? 1 : 0));
    for (let row = 0; row < codes.length; row += 1) {
      if (keeps[codes[row] ?? 0] === 0) chosen[row] = 0;
    }
  }
  return chosen;
}

/** How many rows are chosen. */
export function countChosen(chosen: Uint8Array): number {
  let count = 0;
  for (const one of chosen) count += one;
  return count;
}

function choosing(
  choice: Choice,
  { type }: Field,
  end: string | undefined,
): (value: string | null) => boolean {
  switch (choice.kind) {
    case 'values': {
      const values = new Set(
        type === 'number' ? choice.values.map(canonicalNumber) : choice.values,
      );
      return (value) => values.has(type === 'number' ? canonicalNumber(value) : value);
    }
    case 'preset':
      return end === undefined ? () => false : between(presetDates(choice.preset, end));
    case 'dates':
      return between(choice);
    case 'numbers': {
      const { from = '', to = '' } = choice;
      return (value) =>
        value !== null &&
        (from === '' || compareNumbers(value, from) >= 0) &&
        (to === '' || compareNumbers(value, to) <= 0);
    }
    case 'text': {
      const text = choice.text.toLowerCase();
      return (value) => value?.toLowerCase().includes(text) === true;
    }
  }
}

/** Whole days: a date with a time belongs to its day. */
function between({ from, to }: { readonly from?: string; readonly to?: string }) {
  return (value: string | null) => {
    const day = value?.slice(0, 10);
    return day !== undefined && (from ?? day) <= day && day <= (to ?? day);
  };
}

/** A number that is written in one way only: `2.50` is `2.5`. */
function canonicalNumber(text: string | null): string | null {
  const decimal = text === null ? undefined : parseDecimal(text);
  if (decimal === undefined) return text;
  return String(decimal.scale === 0 ? decimal.units : trimmed(decimal.units, decimal.scale));
}

function trimmed(units: bigint, scale: number): string {
  let [rest, digits] = [units, scale];
  while (digits > 0 && rest % 10n === 0n) {
    rest /= 10n;
    digits -= 1;
  }
  return digits === 0 ? String(rest) : `${rest}e-${digits}`;
}

/** Compares numbers exactly; a text that is none is beyond all of them. */
function compareNumbers(one: string, other: string): number {
  const [a, b] = [parseDecimal(one), parseDecimal(other)];
  if (a === undefined || b === undefined) return Number.NaN;
  const [left, right] = [a.units * powerOfTen(b.scale), b.units * powerOfTen(a.scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}
