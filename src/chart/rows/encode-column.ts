// Encoding of a field's values as a column, for notebooks and pages.

import type { CodedColumn, Column, NumberColumn } from './column.js';
import { datePattern } from './bin-dates.js';
import { parseDecimal, powerOfTen, type Decimal } from './decimal.js';

/**
 * Makes a column of the values of a field.
 *
 * @param isMeasure - They are added up, so they must be numbers; text of digits is one, as Postgres writes `numeric`.
 * @throws TypeError where a value is of no such type, or not finite.
 */
export function encodeColumn(name: string, values: readonly unknown[], isMeasure: boolean): Column {
  if (isMeasure) return numberColumn(name, values);
  const present = values.filter((value) => value !== null && value !== undefined);
  if (present.length > 0 && present.every(isNumber)) return numberColumn(name, values);
  if (present.every((value) => value instanceof Date || typeof value === 'string')) {
    const texts = values.map((value) =>
      value instanceof Date ? value.toISOString() : (value as string | null | undefined),
    );
    const isDate =
      present.length > 0 && texts.every((text) => text == null || datePattern.test(text));
    return coded(isDate ? 'date' : 'text', texts);
  }
  if (present.every((value) => typeof value === 'boolean')) {
    return coded(
      'boolean',
      values.map((value) => (typeof value === 'boolean' ? String(value) : null)),
    );
  }
  throw new TypeError(
    `“${name}” has values of several types, or objects: rows are grouped by texts, dates, numbers or booleans.`,
  );
}

function isNumber(value: unknown): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
}

function coded(
  type: CodedColumn['type'],
  texts: readonly (string | null | undefined)[],
): CodedColumn {
  const places = new Map<string, number>();
  const codes = texts.map((text) => {
    if (text === null || text === undefined) return 0;
    let place = places.get(text);
    if (place === undefined) places.set(text, (place = places.size + 1));
    return place;
  });
  return { type, values: [...places.keys()], codes };
}

function numberColumn(name: string, values: readonly unknown[]): NumberColumn {
  const decimals = values.map((value) => decimalOf(name, value));
  let scale = 0;
  for (const decimal of decimals) {
    if (decimal !== undefined && decimal.scale > scale) scale = decimal.scale;
  }
  const factors = Array.from({ length: scale + 1 }, (_, missing) => powerOfTen(missing));
  const units = decimals.map((decimal) => {
    if (decimal === undefined) return null;
    const whole = decimal.units * (factors[scale - decimal.scale] ?? 1n);
    const number = Number(whole);
    return Number.isSafeInteger(number) ? number : String(whole);
  });
  return { type: 'number', scale, units };
}

function decimalOf(name: string, value: unknown): Decimal | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'bigint') return { units: value, scale: 0 };
  const decimal =
    typeof value === 'number' || typeof value === 'string'
      ? parseDecimal(String(value))
      : undefined;
  if (decimal !== undefined) return decimal;
  throw new TypeError(
    `“${name}” is added up, but one of its values is no finite number: ${typeof value === 'number' ? String(value) : JSON.stringify(value)}.`,
  );
}
