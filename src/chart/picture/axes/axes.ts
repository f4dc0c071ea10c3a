// Axes, ticks, labels and grid lines of a plot.

import type { Element } from 'hast';
import { calendarTime, isDate } from '../../figure/format.js';
import type { Value } from '../../figure/values.js';
import { labelStep, shortened, textWidth, widestName } from '../scale.js';
import { round, svgElement as s } from '../svg.js';
import type { ScaledAxis } from './axis-span.js';
import { axisLabels, type AxisLabels } from './axis-labels.js';
import type { PlotAxis } from './plot-axis.js';

/** The sides of the plot area, in pixels. */
export interface PlotArea {
  readonly x: readonly [left: number, right: number];
  readonly y: readonly [top: number, bottom: number];
}

/** The label of a tick of an axis of amounts. */
export function tickLabel(axis: PlotAxis, tick: number): string {
  return axis.format(axis.type === 'log' ? Number((10 ** tick).toPrecision(12)) : tick);
}

/**
 * Grid lines and labels of both axes, and the title of the x axis.
 *
 * @param isSolid - Each place has a mark that is as wide as its step, and so a label at it.
 */
export function drawAxes(
  x: ScaledAxis,
  y: ScaledAxis,
  area: PlotArea,
  isSolid: { readonly x: boolean; readonly y: boolean },
): Element[] {
  // Grid lines first, so that they lie below labels; of two axes of amounts those across the plot.
  return [
    ...(y.axis.isMeasured ? rowTicks(y, area) : []),
    ...(x.axis.isMeasured ? columnTicks(x, area) : []),
    ...(x.axis.isMeasured ? [] : columnPlaces(x, area, isSolid.x)),
    ...(y.axis.isMeasured ? [] : rowPlaces(y, area, isSolid.y)),
    ...xAxisName(x.axis, area),
  ];
}

/** The labels of a second y axis, on the right. */
export function drawRightAxis(y: ScaledAxis, { x, y: [top, bottom] }: PlotArea): Element[] {
  const labels = y.axis.isMeasured
    ? y.ticks.map((tick) => ({ at: tick, text: tickLabel(y.axis, tick) }))
    : labelledRows(y.axis, y.span, bottom - top, true).places.map(({ at, value }) => ({
        at,
        text: y.axis.format(value),
      }));
  return labels.map(({ at, text }) =>
    s('text', { x: x[1] + 8, y: round(y.scale(at)) + 4 }, shortened(text, widestName)),
  );
}

function rowTicks({ axis, ticks, scale }: ScaledAxis, area: PlotArea): Element[] {
  if (axis.isHidden === true) return [];
  return ticks.flatMap((tick) => {
    const at = round(scale(tick));
    return [
      s('line', { className: gridClass(axis, tick), x1: area.x[0], x2: area.x[1], y1: at, y2: at }),
      s('text', { x: area.x[0] - 8, y: at + 4, textAnchor: 'end' }, tickLabel(axis, tick)),
    ];
  });
}

function columnTicks({ axis, ticks, scale }: ScaledAxis, area: PlotArea): Element[] {
  if (axis.isHidden === true) return [];
  const labels = ticks.map((tick) => tickLabel(axis, tick));
  const widest = labels.reduce((most, label) => Math.max(most, textWidth(label)), 0);
  const step = labelStep(ticks.length, widest, area.x[1] - area.x[0]);
  return ticks.flatMap((tick, index) => {
    const at = round(scale(tick));
    const label = s(
      'text',
      { x: at, y: area.y[1] + 16, textAnchor: 'middle' },
      labels[index] ?? '',
    );
    return [
      s('line', { className: gridClass(axis, tick), x1: at, x2: at, y1: area.y[0], y2: area.y[1] }),
      ...(index % step === 0 ? [label] : []),
    ];
  });
}

function gridClass(axis: PlotAxis, tick: number): string {
  return tick === 0 && axis.type !== 'log' ? 'zero' : 'grid';
}

/** The minimum height of a label in a column of them, in pixels. */
const lowestLabel = 10;

function rowPlaces(y: ScaledAxis, area: PlotArea, isSolid: boolean): Element[] {
  const { places, format } = labelledRows(y.axis, y.span, area.y[1] - area.y[0], isSolid);
  return places.map(({ value, at }) =>
    s(
      'text',
      { x: area.x[0] - 8, y: round(y.scale(at)) + 4, textAnchor: 'end' },
      shortened(format(value), widestName),
    ),
  );
}

/** The places of a y axis with a label: every n-th. */
export function labelledRows(
  axis: PlotAxis,
  span: readonly [number, number],
  height: number,
  isSolid: boolean,
): AxisLabels {
  const { places, format } = axisLabels(axis, span, isSolid);
  const step = Math.max(1, Math.ceil((places.length * lowestLabel) / height));
  return { places: places.filter((_, index) => index % step === 0), format };
}

function columnPlaces(x: ScaledAxis, area: PlotArea, isSolid: boolean): Element[] {
  const { places, format } = labelledColumns(x, area.x[1] - area.x[0], isSolid);
  return places.flatMap(({ value, at }, index) => {
    const lines = labelLines(value, places[index - 1]?.value, format);
    // The last label stays within the picture.
    const most = area.x[1] + 12 - textWidth(lines[0]) / 2;
    const place = round(Math.min(x.scale(at), most));
    return lines.map((text, line) =>
      s('text', { x: place, y: area.y[1] + 16 + line * 15, textAnchor: 'middle' }, text),
    );
  });
}

/** The places of an x axis with a label: every n-th, as many as fit. */
function labelledColumns(
  { axis, scale, span }: ScaledAxis,
  space: number,
  isSolid: boolean,
): AxisLabels {
  const { places, format } = axisLabels(axis, span, isSolid);
  const widths = places.map(({ value }, index) =>
    textWidth(labelLines(value, places[index - 1]?.value, format)[0]),
  );
  const widest = widths.reduce((most, width) => Math.max(most, width), 0);
  const step = labelStep(places.length, widest, space);
  let last = -Infinity;
  const labelled = places.filter(({ at }, index) => {
    if (index % step !== 0) return false;
    // Dates may be unevenly spaced.
    const x = scale(at);
    if (step > 1 && Math.abs(x - last) < widest + 4) return false;
    last = x;
    return true;
  });
  return { places: labelled, format };
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
function xAxisName({ title }: PlotAxis, area: PlotArea): Element[] {
  if (title === undefined) return [];
  const x = (area.x[0] + area.x[1]) / 2;
  return [s('text', { x, y: area.y[1] + 36, textAnchor: 'middle' }, title)];
}
