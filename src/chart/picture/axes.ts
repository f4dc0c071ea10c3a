// Axes, ticks, labels and grid lines of a picture.

import type { Element } from 'hast';
import { calendarTime, isDate } from '../figure/format.js';
import type { Value } from '../figure/values.js';
import { round, svgElement as s } from './svg.js';
import type { AxisPosition, Plot } from './plot.js';
import { labelStep, niceTicks, shortened, textWidth, widestName, type Scale } from './scale.js';

/** The sides of the plot area, in pixels. */
export interface PlotArea {
  readonly x: readonly [left: number, right: number];
  readonly y: readonly [top: number, bottom: number];
}

/** Grid lines, labels and the title of the x axis. */
export function drawAxes(
  plot: Plot,
  ticks: readonly number[],
  scales: { readonly position: Scale; readonly measure: Scale },
  area: PlotArea,
): Element[] {
  return [
    ...gridLines(plot, ticks, scales.measure, area),
    ...positionLabels(plot, scales.position, area),
    ...xAxisName(plot, area),
  ];
}

function gridLines(plot: Plot, ticks: readonly number[], measure: Scale, area: PlotArea) {
  return ticks.flatMap((tick) => {
    const at = round(measure(tick));
    const label = plot.measures.axis.format(tick);
    const className = tick === 0 ? 'zero' : 'grid';
    return plot.isHorizontal
      ? [
          s('line', { className, x1: at, x2: at, y1: area.y[0], y2: area.y[1] }),
          s('text', { x: at, y: area.y[1] + 16, textAnchor: 'middle' }, label),
        ]
      : [
          s('line', { className, x1: area.x[0], x2: area.x[1], y1: at, y2: at }),
          s('text', { x: area.x[0] - 8, y: at + 4, textAnchor: 'end' }, label),
        ];
  });
}

/** The minimum height of a label beside a horizontal bar, in pixels. */
const lowestLabel = 10;

function positionLabels(plot: Plot, position: Scale, area: PlotArea): Element[] {
  const { places, axis } = plot.positions;
  if (plot.isHorizontal) {
    const step = Math.max(1, Math.ceil((places.length * lowestLabel) / (area.y[1] - area.y[0])));
    const labelled = places.filter((_, index) => index % step === 0);
    return labelled.map(({ value, at }) =>
      s(
        'text',
        { x: area.x[0] - 8, y: round(position(at)) + 4, textAnchor: 'end' },
        shortened(axis.format(value), widestName),
      ),
    );
  }
  const marked = placesToLabel(plot, position, area.x[1] - area.x[0]);
  return marked.flatMap(({ value, at }, index) => {
    const x = round(position(at));
    return labelLines(value, marked[index - 1]?.value, axis.format).map((text, line) =>
      s('text', { x, y: area.y[1] + 16 + line * 15, textAnchor: 'middle' }, text),
    );
  });
}

/** The positions with a label: every n-th; of many numbers, round ones. */
function placesToLabel(
  { positions, series }: Plot,
  position: Scale,
  space: number,
): AxisPosition[] {
  const { places, axis } = positions;
  const isBars = series.some(({ kind }) => kind === 'bar');
  if (axis.type === 'linear' && !isBars && places.length > 8) {
    const [first, last] = [places[0]?.at ?? 0, places.at(-1)?.at ?? 0];
    return niceTicks(first, last, 8)
      .filter((tick) => tick >= first && tick <= last)
      .map((tick) => ({ value: tick, at: tick }));
  }
  const widths = places.map(({ value }, index) =>
    textWidth(labelLines(value, places[index - 1]?.value, axis.format)[0]),
  );
  const widest = widths.reduce((most, width) => Math.max(most, width), 0);
  const step = labelStep(places.length, widest, space);
  let last = -Infinity;
  return places.filter(({ at }, index) => {
    if (index % step !== 0) return false;
    // Dates may be unevenly spaced.
    const x = position(at);
    if (step > 1 && Math.abs(x - last) < widest + 4) return false;
    last = x;
    return true;
  });
}

/** A month has its year on a second line where the year begins. */
function labelLines(
  value: Value,
  before: Value | undefined,
  format: (value: Value) => string,
): [string, ...string[]] {
  const text = format(value);
  if (!isDate(value)) return [shortened(text, widestName)];
  const match = /^(\w+) (\d{4})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return [text];
  const yearOf = (date: string) => new Date(calendarTime(date)).getUTCFullYear();
  const isNewYear = before === undefined || !isDate(before) || yearOf(before) !== yearOf(value);
  return isNewYear ? [match[1], match[2]] : [match[1]];
}

/** The title of the x axis, below its labels; that of the y axis is text above the picture. */
function xAxisName(plot: Plot, area: PlotArea): Element[] {
  const name = plot.isHorizontal ? plot.measures.axis.title : plot.positions.axis.title;
  if (name === undefined) return [];
  const x = (area.x[0] + area.x[1]) / 2;
  return [s('text', { x, y: area.y[1] + 36, textAnchor: 'middle' }, name)];
}
