// How far two numbers that pages show are apart, as a page writes it.

import { currentLocale, numberFormatter, plainDigits } from '../../text/locale.js';

/** What stands before a number, the number, and its unit. */
const shownNumber = /^([^\p{L}\d−-]*)([−-]?\d(?:[^\p{L}%]*\d)?)(\D*)$/u;

/** The most digits of a number that a double holds. */
const mostDigits = 15;

/**
 * The difference of two texts that show numbers of one unit, with its sign; of percentages in percentage points.
 *
 * @returns Undefined: they are no such texts, or have more digits than could be subtracted.
 */
export function numberChange(before: string, after: string): string | undefined {
  const [old, now] = [shownNumber.exec(before.trim()), shownNumber.exec(after.trim())];
  if (old === null || now === null || old[1] !== now[1] || old[3] !== now[3]) return undefined;
  const digits = [old[2], now[2]].map((text = '') => plainDigits(text) ?? asNumber(text));
  const [first, second] = digits;
  if (first === undefined || second === undefined) return undefined;
  if ([first, second].some((text) => text.replace(/\D/g, '').length > mostDigits)) return undefined;
  const places = Math.max(...[first, second].map((text) => text.split('.')[1]?.length ?? 0));
  const change = numberFormatter(currentLocale(), {
    ...{ minimumFractionDigits: places, maximumFractionDigits: places },
    signDisplay: 'exceptZero',
  })
    .format(Number(second) - Number(first))
    .replace('-', '−');
  const unit = now[3] ?? '';
  return `${change.slice(0, /^[+−]/.test(change) ? 1 : 0)}${now[1] ?? ''}${change.replace(/^[+−]/, '')}${unit.trim() === '%' ? ' pp' : unit}`;
}

/** A number without separators. */
function asNumber(text: string): string | undefined {
  return /^[−-]?\d+(?:\.\d+)?$/.test(text) ? text.replace('−', '-') : undefined;
}
