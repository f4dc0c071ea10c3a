// The labelled places of an axis of positions.

import { dateFormat, timeText, type Format } from '../../figure/format.js';
import { logTicks, niceTicks } from '../scale.js';
import type { AxisPlace, PlotAxis } from './plot-axis.js';

/** Places with the format of their labels. */
export interface AxisLabels {
  readonly places: readonly AxisPlace[];
  readonly format: Format;
}

/**
 * What an axis of positions may label: its places, or round numbers and dates where these are many or none.
 *
 * @param isSolid - Each place has a mark that is as wide as its step, and so a label at it.
 */
export function axisLabels(
  axis: PlotAxis,
  [from, to]: readonly [number, number],
  isSolid: boolean,
): AxisLabels {
  const { places, type, format } = axis;
  const areFew = places.length > 0 && (isSolid || type === 'date' || places.length <= 8);
  if (type === 'category' || areFew) return { places, format };
  if (type === 'date') return dateLabels(from, to);
  const [first, last] = [places[0]?.at ?? from, places.at(-1)?.at ?? to];
  const ticks = type === 'log' ? logTicks(first, last) : niceTicks(first, last, 8);
  return {
    places: ticks
      .filter((tick) => tick >= first && tick <= last)
      .map((at) => ({ value: type === 'log' ? Number((10 ** at).toPrecision(12)) : at, at })),
    format,
  };
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** Distances between dates, in milliseconds, that read as round. */
const distances = [
  ...[1, 10, 100, 1000, 10_000, 30_000].map((size) => size),
  ...[1, 5, 15, 30].map((count) => count * minute),
  ...[1, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14].map((count) => count * day),
];
const months = [1, 3, 6, 12, 24, 60, 120, 300, 600, 1200, 6000];

function dateLabels(from: number, to: number): AxisLabels {
  const rough = (to - from) / 8;
  const distance = distances.find((size) => size >= rough);
  const ticks = distance === undefined ? monthTicks(from, to, rough) : stepped(from, to, distance);
  const places = ticks.map((at) => ({ value: timeText(at), at }));
  const texts = places.map(({ value }) => value).filter((value) => typeof value === 'string');
  return { places, format: dateFormat(texts, 'short') };
}

function stepped(from: number, to: number, size: number): number[] {
  const first = Math.ceil(from / size);
  const count = Math.min(20, Math.floor(to / size) - first + 1);
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * size);
}

function monthTicks(from: number, to: number, rough: number): number[] {
  const size = months.find((count) => count * 30 * day >= rough) ?? 12_000;
  const start = new Date(from);
  const first = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / size) * size;
  return Array.from({ length: 20 }, (_, index) => {
    const date = new Date(0);
    const month = first + index * size;
    date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    return date.getTime();
  }).filter((tick) => tick >= from && tick <= to);
}
