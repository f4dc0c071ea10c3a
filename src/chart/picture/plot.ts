// A figure reduced to series of bars and lines: which trace types have a picture.

import { isJsonObject } from '../../nbformat/notebook.js';
import { titleText, type Figure } from '../figure/figure.js';
import { positionsOf } from '../figure/positions.js';
import { readAxis, type Axis } from '../figure/axis.js';
import { traceType } from '../figure/trace-types.js';
import { calendarTime } from '../figure/format.js';
import { numberOf, readValues, type Value } from '../figure/values.js';

/** A mark of a series: position and extent, in the axes' numbers. */
export interface Mark {
  readonly at: number;
  /** The start of a bar: zero, or the end of the bar below in a stack. */
  readonly base: number;
  readonly value: number;
  /** Drawn hollow: the figure has a pattern or an open symbol, as for an incomplete period. */
  readonly isOpen: boolean;
  /** Its own colour, validated. */
  readonly color: string | undefined;
}

/** A series of bars, or a line with its points. */
export interface PlotSeries {
  readonly kind: 'bar' | 'line' | 'points';
  readonly name: string;
  /** Its index in the colours, from 1. */
  readonly order: number;
  readonly color: string | undefined;
  readonly isDashed: boolean;
  /** The area between line and axis is filled. */
  readonly isFilled: boolean;
  /** The line has points. */
  readonly hasPoints: boolean;
  /** In the order of the trace; undefined for missing values. */
  readonly marks: readonly (Mark | undefined)[];
}

/** A position on an axis with its value. */
export interface AxisPosition {
  readonly value: Value;
  readonly at: number;
}

/** A figure reduced to series over one axis of positions. */
export interface Plot {
  readonly series: readonly PlotSeries[];
  /** Bars are horizontal: positions along y, measures along x. */
  readonly isHorizontal: boolean;
  readonly positions: {
    readonly axis: Axis;
    /** The positions in order. */
    readonly places: readonly AxisPosition[];
    readonly isReversed: boolean;
  };
  readonly measures: { readonly axis: Axis; readonly span: readonly [number, number] };
  /** Bars of different series are side by side rather than stacked. */
  readonly isGrouped: boolean;
}

/** The limits for the marks of a series. */
export interface MarkBounds {
  /** The most marks. */
  readonly most: number;
  /** The width in pixels within which neighbours of a line, or bars, become one. */
  readonly column: number;
}

type Trace = Figure['traces'][number];

/**
 * Reads bars and lines over one pair of axes from a figure.
 *
 * @returns Undefined for every other kind of figure, which only plotly draws.
 */
export function readPlot(figure: Figure): Plot | undefined {
  const { traces, layout } = figure;
  if (!traces.every(isSimple) || layout['barnorm'] !== undefined) return undefined;
  const isHorizontal = traces.some((trace) => trace['orientation'] === 'h');
  if (isHorizontal && !traces.every((trace) => trace['orientation'] === 'h')) return undefined;
  const [position, measure] = isHorizontal ? (['y', 'x'] as const) : (['x', 'y'] as const);

  const arrays = traces.map((trace) => {
    const values = readValues(trace[measure]) ?? [];
    return { trace, values, at: positionsOf(trace, position, values.length) };
  });
  const axis = readAxis(
    layout,
    `${position}axis`,
    arrays.flatMap(({ at }) => at),
    'short',
    'positions',
  );
  const measureAxis = readAxis(
    layout,
    `${measure}axis`,
    arrays.flatMap(({ values }) => values),
    'short',
  );
  if (axis === undefined || measureAxis?.type !== 'linear') return undefined;
  const settings = layout[`${position}axis`];
  if (isJsonObject(settings) && settings['categoryorder'] !== undefined) return undefined;

  const places = placesOf(
    axis,
    arrays.flatMap(({ at }) => at),
  );
  if (places.length === 0) return undefined;
  const numberAt = new Map(places.map(({ value, at }) => [value, at]));
  const barmode = layout['barmode'] ?? 'group';
  const isStacked = barmode === 'stack' || barmode === 'relative';
  const stacks = new Map<string, number>();
  const series = arrays.map(({ trace, values, at }, index): PlotSeries => {
    const isBar = traceType(trace) === 'bar';
    const look = lookOf(trace);
    const marks = at.map((place, mark): Mark | undefined => {
      const value = numberOf(values[mark] ?? null);
      const number = numberAt.get(place);
      if (value === undefined || number === undefined) return undefined;
      const key = `${number} ${value < 0 ? '-' : '+'}`;
      const base = isBar && isStacked ? (stacks.get(key) ?? 0) : 0;
      if (isBar && isStacked) stacks.set(key, base + value);
      return {
        at: number,
        base,
        value: base + value,
        isOpen: look.isOpenAt(mark),
        color: look.colorAt(mark),
      };
    });
    return {
      kind: isBar ? 'bar' : look.hasLine ? 'line' : 'points',
      name: titleText(trace['name']) ?? `Series ${index + 1}`,
      order: (index % 8) + 1,
      color: look.color,
      isDashed: look.isDashed,
      isFilled: trace['fill'] === 'tozeroy',
      hasPoints: look.hasPoints,
      marks,
    };
  });
  const span = measureSpan(series, measureAxis);
  // An infinite span has no scale.
  if (!isSpan(span) || !isSpan([places[0]?.at ?? 0, places.at(-1)?.at ?? 0])) return undefined;
  return {
    series,
    isHorizontal,
    positions: {
      axis,
      places,
      isReversed: isJsonObject(settings) && settings['autorange'] === 'reversed',
    },
    measures: { axis: measureAxis, span },
    isGrouped: !isStacked && barmode !== 'overlay',
  };
}

function isSimple(trace: Trace): boolean {
  const onFirstAxes = ['xaxis', 'yaxis'].every(
    (name) => trace[name] === undefined || trace[name] === name.charAt(0),
  );
  const fill = trace['fill'] ?? 'none';
  return (
    onFirstAxes &&
    ['bar', 'scatter'].includes(traceType(trace)) &&
    trace['stackgroup'] === undefined &&
    trace['base'] === undefined &&
    (fill === 'none' || fill === 'tozeroy') &&
    trace['visible'] !== false
  );
}

/** Each distinct position once: categories by their first occurrence, dates and numbers sorted. */
function placesOf(axis: Axis, values: readonly Value[]): readonly AxisPosition[] {
  const different = [...new Set(values)].filter((value) => value !== null);
  if (axis.type === 'category') return different.map((value, at) => ({ value, at }));
  return different
    .map((value) => ({
      value,
      at: axis.type === 'date' ? calendarTime(String(value)) : (numberOf(value) ?? NaN),
    }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
}

function isSpan([from, to]: readonly [number, number]): boolean {
  return Number.isFinite((to - from) * 2);
}

function measureSpan(series: readonly PlotSeries[], axis: Axis): [number, number] {
  if (axis.range !== undefined) return [...axis.range];
  let [least, most] = [Infinity, -Infinity];
  const reach = (value: number) => {
    if (value < least) least = value;
    if (value > most) most = value;
  };
  for (const { marks } of series) {
    for (const mark of marks) if (mark !== undefined) reach(mark.value);
  }
  // Bars are compared by length, so their axis begins at zero.
  const zero = axis.fromZero || series.some(({ kind, isFilled }) => kind === 'bar' || isFilled);
  if (zero || least > most) reach(0);
  return least === most ? [least, most + 1] : [least, most];
}

function lookOf(trace: Trace) {
  const marker = isJsonObject(trace['marker']) ? trace['marker'] : {};
  const line = isJsonObject(trace['line']) ? trace['line'] : {};
  const pattern = isJsonObject(marker['pattern']) ? marker['pattern'] : {};
  // plotly's default for traces without a mode.
  const isLong = Array.isArray(trace['y']) && trace['y'].length >= 20;
  const byLength = isLong ? 'lines' : 'lines+markers';
  const mode = typeof trace['mode'] === 'string' ? trace['mode'] : byLength;
  const [shapes, symbols, colors] = [pattern['shape'], marker['symbol'], marker['color']];
  const itemAt = (list: unknown, index: number): unknown =>
    Array.isArray(list) ? (list[index] as unknown) : list;
  return {
    hasLine: mode.includes('lines'),
    hasPoints: mode.includes('markers'),
    isDashed: typeof line['dash'] === 'string' && line['dash'] !== 'solid',
    color: safeColor(line['color']) ?? safeColor(marker['color']),
    isOpenAt: (index: number): boolean => {
      const shape = itemAt(shapes, index);
      const symbol = itemAt(symbols, index);
      return (
        (typeof shape === 'string' && shape !== '') ||
        (typeof symbol === 'string' && symbol.endsWith('-open'))
      );
    },
    colorAt: (index: number) => (Array.isArray(colors) ? safeColor(colors[index]) : undefined),
  };
}

/** A colour that is safe in an attribute; undefined for numbers and colour scales. */
export function safeColor(color: unknown): string | undefined {
  return typeof color === 'string' &&
    /^(?:#[\da-f]{3,8}|[a-z]{3,30}|rgba?\([\d., %]{5,40}\))$/i.test(color)
    ? color
    : undefined;
}
