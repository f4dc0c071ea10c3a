/**
 * The number of 32 bits that is nearest to a decimal one, as Postgres's `real` has it. Rounding the nearest number
 * of 64 bits once more would give another one where that lies just between two.
 *
 * @param text - As programs write numbers.
 * @returns Infinity for what is too large.
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
  // Zero has two forms; its neighbours are those of the one with the sign that is wanted.
  view.setFloat32(0, single === 0 ? (isUp ? 0 : -0) : single);
  const isAway = single === 0 || single > 0 === isUp;
  view.setInt32(0, view.getInt32(0) + (isAway ? 1 : -1));
  return view.getFloat32(0);
}

/** Whether a decimal number is more (1), less (-1) or the same as one of 64 bits. */
function compare(text: string, double: number): number {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const ten = Number(exponent) - fraction.length;
  let decimal = BigInt(whole + fraction);
  // A number of 64 bits is a whole one times a power of two.
  let [rest, two] = [Math.abs(double), 0];
  while (!Number.isInteger(rest)) [rest, two] = [rest * 2, two - 1];
  let binary = BigInt(rest);
  if (ten >= 0) decimal *= 10n ** BigInt(ten);
  else binary *= 10n ** BigInt(-ten);
  decimal *= 2n ** BigInt(-two);
  const order = decimal > binary ? 1 : decimal < binary ? -1 : 0;
  return sign === '-' ? -order : order;
}
