// The table of series over shared positions: bars, lines, funnels.

import { positionsOf } from '../figure/positions.js';
import type { AxisType } from '../figure/axis-type.js';
import { readAxis } from '../figure/axis.js';
import { seriesName, type DataTable } from './data-rows.js';
import { titleText, type Figure } from '../figure/figure.js';
import { numberFormat } from '../figure/format.js';
import { extraArrays } from './listed-table.js';
import { traceType } from '../figure/trace-types.js';
import { readValues, type Value } from '../figure/values.js';

/**
 * Series over shared positions: a row for each position, a column for each series.
 *
 * @returns Undefined when a position repeats in a series, or its points have more values.
 */
export function positionTable(figure: Figure): DataTable | undefined {
  const isHorizontal = figure.traces.every((trace) =>
    traceType(trace) === 'funnel' ? trace['orientation'] !== 'v' : trace['orientation'] === 'h',
  );
  const [position, measure] = isHorizontal ? (['y', 'x'] as const) : (['x', 'y'] as const);
  const complete = figure.traces.flatMap((trace, index) => {
    const measures = readValues(trace[measure]);
    if (measures === undefined || isOfOtherForm(trace[position])) return [];
    const positions = positionsOf(trace, position, measures.length);
    const isOnce = new Set(positions).size === positions.length;
    const name = seriesName(trace, index);
    return isOnce && extraArrays(trace).length === 0 ? [{ name, positions, measures }] : [];
  });
  if (complete.length < figure.traces.length) return undefined;

  const rows = new Map<Value, Value[]>();
  complete.forEach(({ positions, measures }, column) => {
    positions.forEach((at, index) => {
      let row = rows.get(at);
      if (row === undefined) rows.set(at, (row = complete.map(() => null)));
      row[column] = measures[index] ?? null;
    });
  });
  const positionAxis = readAxis(figure.layout, `${position}axis`, [...rows.keys()], 'long');
  const measureAxis = readAxis(
    figure.layout,
    `${measure}axis`,
    complete.flatMap(({ measures }) => measures),
    'long',
  );
  const format = measureAxis?.format ?? numberFormat(undefined);
  return {
    columns: [
      {
        label: positionAxis?.title ?? (positionAxis?.type === 'date' ? 'Date' : position),
        format: isNumeric(positionAxis?.type) ? String : (positionAxis?.format ?? String),
      },
      ...complete.map(({ name }) => ({
        label:
          complete.length === 1
            ? (titleText(figure.traces[0]?.['name']) ?? measureAxis?.title ?? measure)
            : name,
        format,
      })),
    ],
    rows: [...rows].map(([at, row]) => [at, ...row]),
  };
}

function isNumeric(type: AxisType | undefined): boolean {
  return type === 'linear' || type === 'log';
}

/** Positions that are no list of values, such as multicategories. */
function isOfOtherForm(positions: Parameters<typeof readValues>[0]): boolean {
  return positions !== undefined && readValues(positions) === undefined;
}
