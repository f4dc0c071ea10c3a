import type { Json } from '../../nbformat/notebook.js';
import { isDate } from './format.js';
import { numberOf, type Value } from './values.js';

/** The kinds of axes that are read here. */
export type AxisType = 'linear' | 'date' | 'category';

/**
 * What kind of axis one is.
 *
 * @param set - What the figure says itself.
 * @param values - What stands along it.
 * @returns Undefined for kinds that are not read here.
 */
export function axisType(set: Json | undefined, values: readonly Value[]): AxisType | undefined {
  if (set === 'linear' || set === 'date' || set === 'category') return set;
  if (set !== undefined && set !== '-') return undefined;
  const present = values.filter((value) => value !== null && value !== '');
  if (present.every((value) => numberOf(value) !== undefined)) return 'linear';
  return present.every(isDate) ? 'date' : 'category';
}
