// Axis decisions that plotly would make by itself: types, dates, integer ticks.

import { type Json, type JsonObject, isJsonObject } from '../../nbformat/notebook.js';
import { axisType } from './axis-type.js';
import { timeText } from './format.js';
import { traceType } from './trace-types.js';
import { numberOf, readGrid, readValues, type Value } from './values.js';

/** Traces and layout of a figure. */
export interface TracesAndLayout {
  readonly traces: readonly JsonObject[];
  readonly layout: JsonObject;
}

type Letter = 'x' | 'y' | 'z';

/** An axis with its traces. */
interface AxisUse {
  /** The scene of the axis; undefined: the layout itself. */
  readonly scene: string | undefined;
  readonly name: string;
  readonly letter: Letter;
  /** The indexes of its traces. */
  readonly traces: ReadonlySet<number>;
}

/** Trace types with an x and a y axis. */
const flat = new Set([
  ...['bar', 'box', 'candlestick', 'contour', 'funnel', 'heatmap', 'histogram', 'histogram2d'],
  ...['histogram2dcontour', 'ohlc', 'quiver', 'scatter', 'scattergl', 'violin', 'waterfall'],
]);

/** Trace types with an x, a y and a z axis. */
const solid = new Set([
  ...['cone', 'isosurface', 'mesh3d', 'scatter3d', 'streamtube', 'surface', 'volume'],
]);

/** Trace types with a mark for each position: a text there is a name. */
const named = new Set(['bar', 'box', 'contour', 'funnel', 'heatmap', 'violin', 'waterfall']);

/**
 * Makes decisions explicit that plotly would make, so that a figure is the same for every reader, as picture,
 * chart and table:
 *
 * - Times in milliseconds on an axis of dates become texts of UTC's calendar; plotly would use the zone of the
 *   reader's browser.
 * - Digits that name bars, boxes or cells, or begin with a zero, stay text; plotly would make numbers of them.
 * - An axis of a few whole numbers has its ticks at whole numbers.
 */
export function settleAxes(figure: TracesAndLayout): TracesAndLayout {
  return axesOf(figure).reduce(settleAxis, figure);
}

function axesOf({ traces, layout }: TracesAndLayout): AxisUse[] {
  const axes = new Map<string, AxisUse & { traces: Set<number> }>();
  const add = (trace: number, letter: Letter, name: string, scene: string | undefined) => {
    const key = `${scene ?? ''} ${name}`;
    const found = axes.get(key) ?? { scene, name, letter, traces: new Set<number>() };
    axes.set(key, found);
    found.traces.add(trace);
  };
  for (const [index, trace] of traces.entries()) {
    const type = traceType(trace);
    if (flat.has(type)) {
      for (const letter of ['x', 'y'] as const) {
        const id = trace[`${letter}axis`];
        const number = typeof id === 'string' ? id.slice(1) : '';
        add(index, letter, `${letter}axis${number}`, undefined);
      }
    } else if (solid.has(type)) {
      const scene = typeof trace['scene'] === 'string' ? trace['scene'] : 'scene';
      for (const letter of ['x', 'y', 'z'] as const) add(index, letter, `${letter}axis`, scene);
    }
  }
  // Shapes and annotations may have axes of their own.
  for (const name of Object.keys(layout)) {
    const letter = /^([xy])axis\d*$/.exec(name)?.[1] as 'x' | 'y' | undefined;
    const key = ` ${name}`;
    if (letter !== undefined && !axes.has(key)) {
      axes.set(key, { scene: undefined, name, letter, traces: new Set() });
    }
  }
  return [...axes.values()];
}

function settleAxis(figure: TracesAndLayout, axis: AxisUse): TracesAndLayout {
  const settings = settingsOf(figure.layout, axis);
  const traces = figure.traces.filter((_, index) => axis.traces.has(index));
  const values = traces.flatMap((trace) => valuesOn(trace, axis.letter));
  const type = axisType(settings['type'], values);
  if (type === 'date') return withTimeTexts(figure, axis);
  if (axis.scene !== undefined || !isPosition(axis.letter, traces)) return figure;
  const isOpen = settings['type'] === undefined || settings['type'] === '-';
  if (isOpen && hasNames(traces, values)) return withSettings(figure, axis, { type: 'category' });
  const hasTicks = ['dtick', 'nticks', 'tickvals', 'tickmode', 'tickformat'].some(
    (name) => name in settings,
  );
  return type === 'linear' && !hasTicks && isFewWholeNumbers(values)
    ? withSettings(figure, axis, { dtick: 1 })
    : figure;
}

function settingsOf(layout: JsonObject, { scene, name }: AxisUse): JsonObject {
  const place = scene === undefined ? layout : layout[scene];
  const found = isJsonObject(place) ? place[name] : undefined;
  return isJsonObject(found) ? found : {};
}

function withSettings(
  { traces, layout }: TracesAndLayout,
  axis: AxisUse,
  more: JsonObject,
): TracesAndLayout {
  const { scene, name } = axis;
  const settings = { ...settingsOf(layout, axis), ...more };
  if (scene === undefined) return { traces, layout: { ...layout, [name]: settings } };
  const place = layout[scene];
  return {
    traces,
    layout: { ...layout, [scene]: { ...(isJsonObject(place) ? place : {}), [name]: settings } },
  };
}

function valuesOn(trace: JsonObject, letter: Letter): readonly Value[] {
  return readValues(trace[letter]) ?? readGrid(trace[letter])?.flat() ?? [];
}

/** Whether values are positions on an axis, rather than measures. */
function isPosition(letter: Letter, traces: readonly JsonObject[]): boolean {
  return (
    traces.length > 0 &&
    traces.every((trace) => {
      const type = traceType(trace);
      if (type === 'heatmap' || type === 'contour') return true;
      const isHorizontal = trace['orientation'] === (type === 'funnel' ? undefined : 'h');
      return letter === (isHorizontal ? 'y' : 'x');
    })
  );
}

function hasNames(traces: readonly JsonObject[], values: readonly Value[]): boolean {
  const present = values.filter((value) => value !== null && value !== '');
  if (present.length === 0 || !present.every(isDigits)) return false;
  return (
    traces.some((trace) => named.has(traceType(trace))) ||
    present.some((digits) => /^0\d/.test(digits) || digits.length > 15)
  );
}

function isDigits(value: Value): value is string {
  return typeof value === 'string' && /^\d+$/.test(value);
}

/** The widest span at which plotly would put ticks between whole numbers, like 2019.5. */
const widestSpan = 10;

function isFewWholeNumbers(values: readonly Value[]): boolean {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    const number = numberOf(value);
    if (number === undefined || !Number.isInteger(number)) return false;
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  return most - least >= 1 && most - least <= widestSpan;
}

/** The figure with texts in place of all numbers that are instants on an axis. */
function withTimeTexts({ traces, layout }: TracesAndLayout, axis: AxisUse): TracesAndLayout {
  const { letter } = axis;
  const settings = settingsOf(layout, axis);
  const changed = mapNames(settings, axisTimes, timesAsText);
  const result = {
    traces: traces.map((trace, index) =>
      axis.traces.has(index) ? timesOfTrace(trace, letter) : trace,
    ),
    layout: { ...layout, ...itemsAsText(layout, axis) },
  };
  return changed === settings ? result : withSettings(result, axis, changed);
}

const axisTimes = ['range', 'tickvals', 'tick0', 'minallowed', 'maxallowed'];

function timesOfTrace(trace: JsonObject, letter: Letter): JsonObject {
  const isBar = traceType(trace) === 'bar';
  const measure = trace['orientation'] === 'h' ? 'x' : 'y';
  // The length of a bar with a base is a span of time rather than an instant.
  const isSpan = isBar && letter === measure && trace['base'] !== undefined;
  const names = [
    ...(isSpan ? ['base'] : [letter, `${letter}0`]),
    ...(letter === measure ? ['q1', 'median', 'q3', 'lowerfence', 'upperfence', 'mean'] : []),
  ];
  const bins = trace[`${letter}bins`];
  return {
    ...mapNames(trace, names, timesAsText),
    ...(isJsonObject(bins)
      ? { [`${letter}bins`]: mapNames(bins, ['start', 'end'], timesAsText) }
      : {}),
  };
}

/** Shapes, annotations and images on an axis. */
function itemsAsText(layout: JsonObject, { scene, name, letter }: AxisUse): JsonObject {
  if (scene !== undefined) return {};
  const id = name.replace('axis', '');
  const lists = [
    ['shapes', [`${letter}0`, `${letter}1`]],
    ['annotations', [letter]],
    ['images', [letter]],
  ] as const;
  return Object.fromEntries(
    lists.flatMap(([list, names]) => {
      const items = layout[list];
      if (!Array.isArray(items)) return [];
      const changed = items.map((item) => {
        if (!isJsonObject(item)) return item;
        // The default of images is the paper.
        const reference = item[`${letter}ref`] ?? (list === 'images' ? 'paper' : letter);
        return reference === id ? mapNames(item, names, timesAsText) : item;
      });
      return [[list, changed]];
    }),
  );
}

function mapNames(
  object: JsonObject,
  names: readonly string[],
  change: (value: Json) => Json,
): JsonObject {
  const present = names.filter((name) => object[name] !== undefined);
  if (present.length === 0) return object;
  const changed = present.map((name) => [name, change(object[name] ?? null)]);
  return { ...object, ...(Object.fromEntries(changed) as JsonObject) };
}

function timesAsText(value: Json): Json {
  if (typeof value === 'number') return timeText(value);
  if (Array.isArray(value)) return value.map(timesAsText);
  const packed = isJsonObject(value) ? (readValues(value) ?? readGrid(value)) : undefined;
  return packed === undefined ? value : timesAsText(packed as Json);
}
