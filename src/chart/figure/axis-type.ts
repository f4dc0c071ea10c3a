// The type of an axis: linear, logarithmic, date, category.

import type { Json } from '../../nbformat/notebook.js';
import { isDate } from './format.js';
import { numberOf, type Value } from './values.js';

/** The supported types of axes. */
export type AxisType = 'linear' | 'log' | 'date' | 'category';

/**
 * Determines the type of an axis.
 *
 * @param set - The figure's setting.
 * @param values - The values along the axis.
 * @returns Undefined for unsupported types.
 */
export function axisType(set: Json | undefined, values: readonly Value[]): AxisType | undefined {
  if (set === 'linear' || set === 'log' || set === 'date' || set === 'category') return set;
  if (set !== undefined && set !== '-') return undefined;
  const present = values.filter((value) => value !== null && value !== '');
  if (present.every((value) => numberOf(value) !== undefined)) return 'linear';
  return present.every(isDate) ? 'date' : 'category';
}
