import { DaybookError } from '../errors.js';

/**
 * The value of an option as a number above zero.
 *
 * @param name - The option's name, for the message.
 * @throws DaybookError `USAGE` when it is none.
 */
export function positiveNumber(
  name: string,
  value: string | boolean | (string | boolean)[] | undefined,
): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
  if (number > 0) return number;
  throw new DaybookError('USAGE', `--${name}: "${String(value)}" is not a number above 0`);
}
