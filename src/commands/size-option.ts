import { DaybookError } from '../errors.js';

const units: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/**
 * The value of an option that is a size, in bytes; undefined when it is not given.
 *
 * @throws DaybookError `USAGE`.
 */
export function sizeOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(value) ?? [];
  const bytes = Number(number) * (units[unit.toUpperCase()] ?? 1);
  if (!(bytes > 0)) {
    throw new DaybookError('USAGE', `--${name}: "${value}" is not a size like 500M or 2G`);
  }
  return bytes;
}
