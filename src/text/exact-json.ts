import { randomUUID } from 'node:crypto';

/** No text begins with it: a number in its place was taken out of JSON, or is to be put there. */
const mark = randomUUID();
/** Numbers so long, or with an exponent, may say more than a double holds. */
const mayBeInexact = /[\d.]{16}|[eE]/;
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * Reads JSON without changing a number, as `JSON.parse` does with those that a double cannot hold: of these
 * a whole number comes as a `bigint`, and any other as its text.
 *
 * @param text - Valid JSON, as Postgres gives it.
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

/** JSON of a value in which bigints may be: they are written as the numbers that they are. */
export function writeExact(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? `${mark}${inner}` : inner,
  );
  return text.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

/** Whether a double is the number that a text writes, digit for digit. */
function isDouble(text: string): boolean {
  const number = Number(text);
  return Number.isFinite(number) && decimalOf(String(number)) === decimalOf(text);
}

/** A decimal number in one notation: its digits without zeros at either end, and where the point is. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const zeros = digits.length - significant.length;
  return `${sign}${significant}e${Number(exponent) - fraction.length + zeros}`;
}
