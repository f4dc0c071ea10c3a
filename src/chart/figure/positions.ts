// The positions of a trace's values.

import type { Json } from '../../nbformat/notebook.js';
import { calendarTime, isDate, timeText } from './format.js';
import { readValues, type Value } from './values.js';

/**
 * The positions of a trace's values along an axis: given, or by start and step (`x0`, `dx`; milliseconds from a
 * date), otherwise numbered from 0.
 */
export function positionsOf(
  trace: Readonly<Record<string, Json>>,
  axis: 'x' | 'y',
  count: number,
): readonly Value[] {
  const found = readValues(trace[axis]);
  if (found !== undefined) return found;
  const [start, step] = [trace[`${axis}0`], trace[`d${axis}`]];
  const size = typeof step === 'number' ? step : 1;
  const from = typeof start === 'number' ? start : 0;
  return Array.from({ length: count }, (_, index) =>
    typeof start === 'string' && isDate(start)
      ? timeText(calendarTime(start) + index * size)
      : from + index * size,
  );
}
