import { DaybookError } from '../errors.js';
import type { Invocation } from './command.js';

/** An option's text; undefined when it was not given. */
export function textOption(values: Invocation['values'], name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * An option's whole number from 1; undefined when it was not given.
 *
 * @throws DaybookError `USAGE` for anything else.
 */
export function countOption(values: Invocation['values'], name: string): number | undefined {
  const text = textOption(values, name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count > 0 && Number.isSafeInteger(count)) return count;
  throw new DaybookError('USAGE', `--${name}: "${text}" is not a whole number from 1`);
}

/** The texts of an option that may be given more than once. */
export function textsOption(values: Invocation['values'], name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}
