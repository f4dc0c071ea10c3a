// Ticks of axes with months.

import { isJsonObject } from '../../nbformat/notebook.js';
import { type Figure } from './figure.js';
import { traceType } from './trace-types.js';
import { readValues } from './values.js';

/** The most months with a tick each, and with a tick every third. */
const [eachMonth, eachQuarter] = [15, 45];

const firstOfMonth = /^(\d{4})-(\d{2})(?:-01)?(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/;

/**
 * plotly's `dtick` for an axis of months: by default plotly marks weeks, and writes `29 Jan` below the bar of
 * February.
 *
 * @returns Undefined when the axis has no months, or the figure sets its ticks.
 */
export function monthTicks({ traces, layout }: Figure): 'M1' | 'M3' | undefined {
  const axis = isJsonObject(layout['xaxis']) ? layout['xaxis'] : {};
  const isSet = ['dtick', 'nticks', 'tickvals', 'type', 'tickmode'].some((name) => name in axis);
  if (isSet || !traces.every((trace) => ['bar', 'scatter'].includes(traceType(trace)))) {
    return undefined;
  }
  const months = traces
    .flatMap((trace) => readValues(trace['x']) ?? [null])
    .map((value) => {
      const [, year, month] = firstOfMonth.exec(typeof value === 'string' ? value : '') ?? [];
      return Number(year) * 12 + Number(month);
    });
  if (months.length === 0 || !months.every(Number.isInteger)) return undefined;
  const least = months.reduce((a, b) => Math.min(a, b));
  const span = months.reduce((a, b) => Math.max(a, b)) - least + 1;
  return span <= eachMonth ? 'M1' : span <= eachQuarter ? 'M3' : undefined;
}
