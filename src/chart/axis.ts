import type { Json } from '../nbformat/notebook.js';
import { isObject, titleText, type Figure } from './figure.js';
import { calendarTime, dateFormat, isDate, numberFormat, type Format } from './format.js';
import type { Value } from './values.js';

/** An axis of a figure, as far as tables and pictures need it. */
export interface Axis {
  readonly title: string | undefined;
  readonly type: 'linear' | 'date' | 'category';
  /** Writes this axis's values. */
  readonly format: Format;
  /** From and to as numbers, when the figure sets them. */
  readonly range: readonly [number, number] | undefined;
  /** `rangemode` is `tozero`. */
  readonly fromZero: boolean;
}

/**
 * The axis of a figure with these values on it.
 *
 * @param name - `xaxis` or `yaxis`.
 * @param use - What stands along it: `positions` may be years, `measures` are amounts.
 * @returns Undefined for kinds that are not read here: logarithmic, and categories of categories.
 */
export function readAxis(
  layout: Figure['layout'],
  name: 'xaxis' | 'yaxis',
  values: readonly Value[],
  style: 'short' | 'long',
  use: 'positions' | 'measures' = 'measures',
): Axis | undefined {
  const found = layout[name];
  const settings: Record<string, Json> = isObject(found) ? found : {};
  const type = axisType(settings['type'], values);
  if (type === undefined) return undefined;
  const text = (key: string) => (typeof settings[key] === 'string' ? settings[key] : undefined);
  return {
    title: titleText(settings['title']),
    type,
    format:
      type === 'date'
        ? dateFormat(values.filter(isDate), style)
        : numberFormat(
            text('tickformat'),
            text('tickprefix'),
            text('ticksuffix'),
            use === 'positions' && text('tickformat') === undefined ? 'min2' : 'always',
          ),
    range: readRange(settings['range'], type),
    fromZero: settings['rangemode'] === 'tozero',
  };
}

function axisType(set: Json | undefined, values: readonly Value[]): Axis['type'] | undefined {
  if (set === 'linear' || set === 'date' || set === 'category') return set;
  if (set !== undefined && set !== '-') return undefined;
  const present = values.filter((value) => value !== null && value !== '');
  if (present.every((value) => typeof value === 'number')) return 'linear';
  return present.every(isDate) ? 'date' : 'category';
}

function readRange(range: Json | undefined, type: Axis['type']): Axis['range'] {
  if (!Array.isArray(range)) return undefined;
  const [from, to] = range.map((end) =>
    type === 'date' && typeof end === 'string' && isDate(end) ? calendarTime(end) : end,
  );
  return typeof from === 'number' && typeof to === 'number' && from !== to ? [from, to] : undefined;
}
