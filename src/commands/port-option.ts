import { DaybookError } from '../errors.js';

/**
 * The port that `--port` names.
 *
 * @throws DaybookError `USAGE` when it is none.
 */
export function portOption(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new DaybookError('USAGE', `--port: "${text}" is not a whole number from 0 to 65535`);
}
