// An axis of a plot: its numbers, its places, its settings.

import { type Json, type JsonObject, isJsonObject } from '../../../nbformat/notebook.js';
import type { Axis } from '../../figure/axis.js';
import { readAxis } from '../../figure/axis.js';
import type { Figure } from '../../figure/figure.js';
import { calendarTime, isDate } from '../../figure/format.js';
import { numberOf, type Value } from '../../figure/values.js';

/** A position on an axis with its value. */
export interface AxisPlace {
  readonly value: Value;
  readonly at: number;
}

/** An axis as a plot needs it. */
export interface PlotAxis extends Axis {
  readonly name: string;
  readonly settings: JsonObject;
  /** Amounts along it, with ticks and grid lines, rather than positions with their labels. */
  readonly isMeasured: boolean;
  readonly isReversed: boolean;
  /** Without labels and grid lines. */
  readonly isHidden?: boolean;
  /** The distinct positions in order. */
  readonly places: readonly AxisPlace[];
  /** The axis's number of a value; undefined where it has none. */
  readonly at: (value: Value) => number | undefined;
}

/**
 * An axis with the values of its traces.
 *
 * @param placed - Those of them that have a label each.
 * @returns Undefined for axes that have no picture.
 */
export function plotAxis(
  layout: Figure['layout'],
  name: string,
  values: readonly Value[],
  placed: readonly Value[],
  isMeasured: boolean,
): PlotAxis | undefined {
  const settings = isJsonObject(layout[name]) ? layout[name] : {};
  const use = isMeasured ? 'measures' : 'positions';
  const axis = readAxis(layout, name, values, 'short', use);
  if (axis === undefined) return undefined;
  const categories = axis.type === 'category' ? orderedCategories(settings, values) : [];
  if (categories === undefined) return undefined;
  const indexes = new Map(categories.map((value, index) => [value, index]));
  const at = (value: Value): number | undefined => {
    const number = axis.type === 'category' ? indexes.get(value) : axisNumber(axis.type, value);
    return number !== undefined && Number.isFinite(number) ? number : undefined;
  };
  const [from = 0, to = 0] = axis.range ?? [];
  return {
    ...axis,
    name,
    settings,
    range: from > to ? [to, from] : axis.range,
    isMeasured: isMeasured && (axis.type === 'linear' || axis.type === 'log'),
    isReversed: settings['autorange'] === 'reversed' || from > to,
    places: axis.type === 'category' ? placesOf(categories, at) : placesOf(placed, at),
    at,
  };
}

function axisNumber(type: Axis['type'], value: Value): number | undefined {
  if (type === 'date') return isDate(value) ? calendarTime(value) : undefined;
  const number = numberOf(value);
  if (type !== 'log' || number === undefined) return number;
  return number > 0 ? Math.log10(number) : undefined;
}

/** Each distinct position once, in order. */
function placesOf(
  values: readonly Value[],
  at: (value: Value) => number | undefined,
): readonly AxisPlace[] {
  const places = new Map<number, AxisPlace>();
  for (const value of new Set(values)) {
    const number = at(value);
    if (number !== undefined && !places.has(number)) places.set(number, { value, at: number });
  }
  return [...places.values()].sort((a, b) => a.at - b.at);
}

/** Categories in their order: by first occurrence, named by the figure, or sorted. */
function orderedCategories(
  settings: JsonObject,
  values: readonly Value[],
): readonly Value[] | undefined {
  const different = [...new Set(values)].filter((value) => value !== null);
  const named = settings['categoryarray'];
  const order = settings['categoryorder'] ?? (Array.isArray(named) ? 'array' : 'trace');
  if (order === 'trace') return different;
  if (order === 'array') {
    const first = (Array.isArray(named) ? named : []).filter(isCategory);
    return [...new Set([...first, ...different])];
  }
  const sorted = different.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  if (order === 'category ascending') return sorted;
  return order === 'category descending' ? sorted.toReversed() : undefined;
}

function isCategory(value: Json): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
