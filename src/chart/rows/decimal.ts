// Decimal numbers without loss: whole units of a power of ten.

/** A number as `units` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const form = /^([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i;

/** The most digits after the point: `numeric` of Postgres and doubles have fewer than this in practice. */
export const mostScale = 340;

/** Reads a number as Postgres or JavaScript writes it; undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = form.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const shift = fraction.length - Number(exponent);
  if (Math.abs(shift) > mostScale) return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (shift < 0 ? powerOfTen(-shift) : 1n);
  return { units: sign === '-' ? -digits : digits, scale: Math.max(0, shift) };
}

/** Ten to the power of a whole number. */
export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** A decimal as text, without zeros at its end. */
export function decimalText({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : digits.slice(-scale).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A decimal as a number where a double has all of its digits, otherwise as text. */
export function decimalValue(decimal: Decimal): number | string {
  const text = decimalText(decimal);
  const number = Number(text);
  const back = parseDecimal(String(number));
  return back !== undefined && decimalText(back) === text ? number : text;
}

/** The quotient of two decimals as a double; undefined where the divisor is zero. */
export function quotient(one: Decimal, other: Decimal): number | undefined {
  if (other.units === 0n) return undefined;
  const dividend = one.units * powerOfTen(other.scale);
  const divisor = other.units * powerOfTen(one.scale);
  const [above, below] = [Number(dividend), Number(divisor)];
  if (Number.isSafeInteger(above) && Number.isSafeInteger(below)) return above / below;
  // Seventeen digits more than the whole part has are more than a double holds.
  const shift = Math.max(0, 20 + divisor.toString().length - dividend.toString().length);
  return Number(decimalText({ units: (dividend * powerOfTen(shift)) / divisor, scale: shift }));
}
