// Readers of options: text, paths, counts, sizes, ports.

import { resolve } from 'node:path';
import { DaybookError } from '../errors.js';
import { bytesOf } from '../text/byte-size.js';
import type { Invocation } from './command.js';

/**
 * The values of options. Each reader returns undefined (of a list nothing, of a flag false) when the option was
 * not given.
 */
type Values = Invocation['values'];

/** Whether a flag was given. */
export function flag(values: Values, name: string): boolean {
  return values[name] === true;
}

/** An option's text. */
export function textOption(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a repeatable option. */
export function textsOption(values: Values, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

/** The names of an option with a comma-separated list. */
export function namesOption(values: Values, name: string): string[] {
  return (textOption(values, name) ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** The absolute path of an option; relative ones start from the working directory. */
export function pathOption(
  { values, cwd }: Pick<Invocation, 'values' | 'cwd'>,
  name: string,
): string | undefined {
  const path = textOption(values, name);
  return path === undefined ? undefined : resolve(cwd, path);
}

/**
 * A positive integer option.
 *
 * @throws DaybookError `USAGE` for anything else.
 */
export function countOption(values: Values, name: string): number | undefined {
  return checked(values, name, 'is not a whole number from 1', (text) => {
    const count = Number(text);
    return /^\d+$/.test(text) && count > 0 && Number.isSafeInteger(count) ? count : undefined;
  });
}

/**
 * A positive number option.
 *
 * @throws DaybookError `USAGE` for anything else.
 */
export function numberOption(values: Values, name: string): number | undefined {
  return checked(values, name, 'is not a number above 0', (text) => {
    const number = Number(text);
    return /^\d+(\.\d+)?$/.test(text) && number > 0 ? number : undefined;
  });
}

/**
 * The port of `--port`; 0: any free one.
 *
 * @throws DaybookError `USAGE` for anything else.
 */
export function portOption(values: Values): number | undefined {
  return checked(values, 'port', 'is not a whole number from 0 to 65535', (text) =>
    /^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined,
  );
}

/**
 * A size option, like `500M` or `2G`, in bytes.
 *
 * @throws DaybookError `USAGE` for anything else.
 */
export function sizeOption(values: Values, name: string): number | undefined {
  return checked(values, name, 'is not a size like 500M or 2G', bytesOf);
}

/** @param read - Parses a text; undefined: invalid. */
function checked(
  values: Values,
  name: string,
  problem: string,
  read: (text: string) => number | undefined,
): number | undefined {
  const text = textOption(values, name);
  if (text === undefined) return undefined;
  const value = read(text);
  if (value !== undefined) return value;
  throw new DaybookError('USAGE', `--${name}: "${text}" ${problem}`);
}
