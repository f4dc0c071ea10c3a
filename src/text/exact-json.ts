// JSON without loss of digits.

import { randomUUID } from 'node:crypto';

/** The random prefix of placeholders for numbers. */
const mark = randomUUID();
/** Numbers so long, or with an exponent, may exceed a double's precision. */
const mayBeInexact = /[\d.]{16}|[eE]/;
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * Parses JSON without loss: an integer that a double cannot represent becomes a `bigint`, and any other such
 * number its text.
 *
 * @param text - Valid JSON, as from Postgres.
 */
export function parseExact(text: string): unknown {
  if (!mayBeInexact.test(text)) return JSON.parse(text);
  const marked = text.replace(token, (found) =>
    found.startsWith('"') || isDouble(found) ? found : `"${mark}${found}"`,
  );
  if (marked === text) return JSON.parse(text);
  return JSON.parse(marked, (_, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(mark)) return value;
    const number = value.slice(mark.length);
    return /^-?\d+$/.test(number) ? BigInt(number) : number;
  });
}

/** JSON of a value that may contain bigints, which are written as numbers. */
export function writeExact(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? `${mark}${inner}` : inner,
  );
  return text.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

/** Whether a double equals a number's text, digit for digit. */
function isDouble(text: string): boolean {
  const number = Number(text);
  return Number.isFinite(number) && decimalOf(String(number)) === decimalOf(text);
}

/** A decimal in canonical form: its digits without zeros at either end, and the position of the point. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const zeros = digits.length - significant.length;
  return `${sign}${significant}e${Number(exponent) - fraction.length + zeros}`;
}
