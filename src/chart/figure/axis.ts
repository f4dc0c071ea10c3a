// The axes of a figure.

import { type Json, isJsonObject } from '../../nbformat/notebook.js';
import { axisType, type AxisType } from './axis-type.js';
import { titleText, type Figure } from './figure.js';
import { calendarTime, dateFormat, isDate, numberFormat, type Format } from './format.js';
import { numberOf, type Value } from './values.js';

/** An axis of a figure, as tables and pictures need it. */
export interface Axis {
  readonly title: string | undefined;
  readonly type: AxisType;
  /** Formats the axis's values. */
  readonly format: Format;
  /** From and to as numbers, when the figure sets them; of a logarithmic axis exponents of ten. */
  readonly range: readonly [number, number] | undefined;
  /** `rangemode` is `tozero`. */
  readonly fromZero: boolean;
}

/**
 * The axis of a figure with some values.
 *
 * @param name - Its name in the layout, like `xaxis` or `yaxis2`.
 * @param use - `positions` may be years, `measures` are amounts.
 * @returns Undefined for unsupported axes: multicategory.
 */
export function readAxis(
  layout: Figure['layout'],
  name: string,
  values: readonly Value[],
  style: 'short' | 'long',
  use: 'positions' | 'measures' = 'measures',
): Axis | undefined {
  const found = layout[name];
  const settings: Record<string, Json> = isJsonObject(found) ? found : {};
  const type = axisType(settings['type'], values);
  if (type === undefined) return undefined;
  const text = (key: string) => (typeof settings[key] === 'string' ? settings[key] : undefined);
  return {
    title: titleText(settings['title']),
    type,
    format:
      type === 'date'
        ? dateFormat(values.filter(isDate), style)
        : ofNumbers(
            type,
            numberFormat(
              text('tickformat'),
              text('tickprefix'),
              text('ticksuffix'),
              use === 'positions' && text('tickformat') === undefined ? 'min2' : 'always',
            ),
          ),
    range: readRange(settings['range'], type),
    fromZero: settings['rangemode'] === 'tozero',
  };
}

/** On an axis of numbers numeric text counts as a number, as in plotly. */
function ofNumbers(type: AxisType, format: Format): Format {
  return type === 'linear' || type === 'log' ? (value) => format(numberOf(value) ?? value) : format;
}

function readRange(range: Json | undefined, type: AxisType): Axis['range'] {
  if (!Array.isArray(range)) return undefined;
  const [from, to] = range.map((end) =>
    type === 'date' && typeof end === 'string' && isDate(end) ? calendarTime(end) : end,
  );
  return typeof from === 'number' && typeof to === 'number' && from !== to ? [from, to] : undefined;
}
