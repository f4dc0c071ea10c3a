// Notations of numbers: decimal commas, thousands separators, units.

/** A notation of numbers. */
export interface NumberNotation {
  /** The decimal separator; default `.`. */
  readonly decimal?: '.' | ',' | undefined;
  /** The thousands separator; a blank means any blank. */
  readonly thousands?: string | undefined;
  /** Units before or behind the number: `€`, `%`, `km`. */
  readonly unit?: readonly string[] | undefined;
}

/** Normalises a text to a number in programs' notation; undefined: it does not have the declared notation. */
export type Normalize = (text: string) => string | undefined;

/** The normaliser of a notation. */
export function createNormalize({
  decimal = '.',
  thousands,
  unit = [],
}: NumberNotation): Normalize {
  if (decimal === '.' && thousands === undefined && unit.length === 0) return (text) => text.trim();
  const between =
    thousands === undefined ? undefined : escape(thousands).replace(/^ $/, String.raw`\s`);
  const grouped = between === undefined ? '' : String.raw`\d{1,3}(?:${between}\d{3})+|`;
  const shape = new RegExp(
    String.raw`^(${grouped}\d*)(?:${escape(decimal)}(\d*))?([eE][+-]?\d+)?$`,
  );
  // The longest first, so that "km/h" is not read as "km" with a rest.
  const units = unit.toSorted((a, b) => b.length - a.length);
  return (text) => {
    const { sign, rest } = withoutUnit(text.trim(), units);
    const [, whole, fraction, exponent = ''] = shape.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    const digits = whole.replace(/\D/g, '');
    return `${sign}${digits}${fraction === undefined ? '' : `.${fraction}`}${exponent}`;
  };
}

function withoutUnit(text: string, units: readonly string[]): { sign: string; rest: string } {
  const [, before = '', bare = ''] = /^([+-]?)\s*([^]*)$/.exec(text) ?? [];
  const unit = units.find((each) => bare.startsWith(each) || bare.endsWith(each));
  if (unit === undefined) return { sign: before, rest: before === '' ? text : text.slice(1) };
  const rest = bare.startsWith(unit) ? bare.slice(unit.length) : bare.slice(0, -unit.length);
  const [, after = '', number = ''] = /^([+-]?)([^]*)$/.exec(rest.trim()) ?? [];
  // A number has one sign.
  return before !== '' && after !== ''
    ? { sign: before, rest }
    : { sign: before + after, rest: number };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** The declaration that would read a text as a number; undefined where that is ambiguous. */
export function numberAdvice(text: string): string | undefined {
  const bare = text.trim();
  const rule = advice.find(([shape]) => shape.test(bare));
  return rule?.[1];
}

const blank = String.raw`[\s'’_]`;
const advice: readonly (readonly [RegExp, string])[] = [
  [/^[+-]?\d{1,3}(?:\.\d{3})+,\d+$/, `decimal: ',' and thousands: '.' read it`],
  [/^[+-]?\d{1,3}(?:,\d{3}){2,}$|^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/, `thousands: ',' reads it`],
  [/^[+-]?\d{1,3},\d{3}$/, `decimal: ',' or thousands: ',' reads it, whichever is meant`],
  [/^[+-]?\d*,\d+$/, `decimal: ',' reads it`],
  [/^[+-]?\d{1,3}(?:\.\d{3}){2,}$/, `thousands: '.' reads it`],
  [
    new RegExp(`^[+-]?\\d{1,3}(?:${blank}\\d{3})+(?:[.,]\\d+)?$`),
    'thousands, with what stands between the digits, reads it',
  ],
  [/^(?:nan|[+-]?inf(?:inity)?|null|none|n\/a|-+)$/i, 'nulls of the format reads it as null'],
  [
    /^[+-]?[^\d\s.,+-]{1,4}\s*[+-]?\d[\d.,]*$|^[+-]?\d[\d.,]*\s*[^\d\s.,]{1,4}$/,
    'unit reads what stands beside the number',
  ],
];

/** Numbers of so many digits are exact in a double. */
export const exactDigits = 15;

/**
 * The number of digits with an optional minus.
 *
 * @returns NaN for anything but a whole number, and for too many digits for a double.
 */
export function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === 0x2d;
  const from = isNegative ? start + 1 : start;
  if (end === from || end - from > exactDigits) return Number.NaN;
  let value = 0;
  for (let at = from; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
}

/** Whether the digits are a whole number in the range of Postgres's bigint; `5.0` and `5e0` are not. */
export function isBigint(bytes: Uint8Array, start: number, end: number): boolean {
  const digitsStart = bytes[start] === 0x2d ? start + 1 : start;
  for (let at = digitsStart; at < end; at += 1) {
    const found = bytes[at] ?? 0;
    if (found < 0x30 || found > 0x39) return false;
  }
  const digits = end - digitsStart;
  if (digits < 19) return digits > 0;
  if (digits > 19) return false;
  const value = BigInt(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
  return value === BigInt.asIntN(64, value);
}

/**
 * The nearest number of 32 bits to a decimal, as in Postgres's `real`. Rounding twice, first to 64 bits, would be
 * wrong where that is just between two.
 *
 * @param text - In programs' notation.
 * @returns Infinity on overflow.
 */
export function toSinglePrecision(text: string): number {
  const double = Number(text);
  const single = Math.fround(double);
  if (single === double || !Number.isFinite(single)) return single;
  const other = neighbour(single, double > single);
  if (Math.abs(double - single) !== Math.abs(other - double)) return single;
  const order = compare(text, double);
  if (order === 0) return single;
  return order > 0 ? Math.max(single, other) : Math.min(single, other);
}

/** The next number of 32 bits, upwards or downwards. */
function neighbour(single: number, isUp: boolean): number {
  const view = new DataView(new ArrayBuffer(4));
  // Zero has two signs; its neighbours are those of the wanted one.
  view.setFloat32(0, single === 0 ? (isUp ? 0 : -0) : single);
  const isUnreachable = single === 0 || single > 0 === isUp;
  view.setInt32(0, view.getInt32(0) + (isUnreachable ? 1 : -1));
  return view.getFloat32(0);
}

/** Whether a decimal is greater (1) or less (-1) than, or equal to, a number of 64 bits. */
function compare(text: string, double: number): number {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const ten = Number(exponent) - fraction.length;
  let decimal = BigInt(whole + fraction);
  // A double is a whole number times a power of two.
  let [rest, two] = [Math.abs(double), 0];
  while (!Number.isInteger(rest)) [rest, two] = [rest * 2, two - 1];
  let binary = BigInt(rest);
  if (ten >= 0) decimal *= 10n ** BigInt(ten);
  else binary *= 10n ** BigInt(-ten);
  decimal *= 2n ** BigInt(-two);
  const order = decimal > binary ? 1 : decimal < binary ? -1 : 0;
  return sign === '-' ? -order : order;
}
