// This folder draws figures as SVG: a figure is reduced to series over one axis (plot.ts), and drawn as axes,
// legend, bars and lines (this file), or as a pie; picture-address.ts makes a data URL of it. The picture of
// another kind of chart (a funnel, say) would be read in plot.ts and drawn here.
import type { Element } from 'hast';
import type { Figure } from '../figure/figure.js';
import { drawAxes } from './axes.js';
import { drawBars } from './bars.js';
import { drawLine } from './lines.js';
import { drawPie } from './pie.js';
import { readPlot, type MarkBounds, type Plot, type PlotSeries } from './plot.js';
import { linearScale, niceTicks, textWidth, widestName, shortened } from './scale.js';
import { pictureElement, type PictureSize, svgElement as s, paint } from './svg.js';

interface Frame {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/**
 * A chart of bars, lines or a pie as SVG, from the same data as the interactive chart: readers see it before the
 * script, without it and in print. Colours are classes of the stylesheet, so that the picture follows light and
 * dark mode.
 *
 * @returns Undefined for charts of other kinds.
 */
export function drawPicture(figure: Figure, size: PictureSize): Element | undefined {
  return drawPictures(figure, [size])[0];
}

/** Pictures of several sizes, for which the figure is read once; none for charts of other kinds. */
export function drawPictures(figure: Figure, sizes: readonly PictureSize[]): Element[] {
  const plot = readPlot(figure);
  const wantsLegend = figure.layout['showlegend'] !== false;
  const pictures = sizes.map((size) =>
    plot === undefined ? drawPie(figure, size) : drawPlot(plot, wantsLegend, size),
  );
  return pictures.filter((picture) => picture !== undefined);
}

function drawPlot(plot: Plot, wantsLegend: boolean, size: PictureSize): Element {
  const ticks = size.hasAxes ? niceTicks(...plot.measures.span) : [...plot.measures.span];
  const span = [ticks[0] ?? 0, ticks.at(-1) ?? 1] as const;
  const showLegend = size.hasAxes && plot.series.length > 1 && wantsLegend;
  // The legend's height is limited.
  const entries = showLegend
    ? legendEntries(plot, size.width).filter(({ bottom }) => bottom <= size.height / 2)
    : [];
  const frame = size.hasAxes
    ? frameOf(plot, ticks, entries)
    : { top: 3, right: 3, bottom: 3, left: 3 };
  const x = [frame.left, size.width - frame.right] as const;
  const y = [frame.top, size.height - frame.bottom] as const;
  const measure = linearScale(span, plot.isHorizontal ? x : [y[1], y[0]]);
  const { position, gap } = positionScale(plot, plot.isHorizontal ? y : x);
  const axes = size.hasAxes
    ? [...drawAxes(plot, ticks, { position, measure }, { x, y }), ...drawLegend(entries)]
    : [];
  const bounds = boundsOf(plot, size);
  const bars = plot.series.filter(({ kind }) => kind === 'bar');
  const marks = plot.series.map((series) => {
    if (series.kind !== 'bar') return drawLine(series, position, measure, bounds);
    const slot = bars.indexOf(series);
    return drawBars(series, plot, { position, measure, gap, slot, slots: bars.length, ...bounds });
  });
  return pictureElement(size, [...axes, ...marks]);
}

/** The most distinguishable marks of a series: 6000 of a chart, 250 of a thumbnail. */
function boundsOf(plot: Plot, { hasAxes }: PictureSize): MarkBounds {
  const drawn = plot.series.filter(({ kind, hasPoints }) => kind === 'bar' || hasPoints);
  const total = hasAxes ? 6000 : 250;
  return {
    most: Math.max(40, Math.floor(total / Math.max(1, drawn.length))),
    column: hasAxes ? 1 : 3,
  };
}

/** Space around the plot for labels. */
function frameOf(plot: Plot, ticks: readonly number[], entries: readonly LegendEntry[]): Frame {
  const labels = plot.isHorizontal
    ? plot.positions.places.map(({ value }) => plot.positions.axis.format(value))
    : ticks.map((tick) => plot.measures.axis.format(tick));
  const widest = labels.reduce((most, label) => Math.max(most, textWidth(label)), 0);
  return {
    top: 8 + (entries.at(-1)?.bottom ?? 0),
    right: 12,
    bottom: 44,
    left: Math.min(plot.isHorizontal ? widestName + 14 : 120, widest + 14),
  };
}

/** The scale of positions, and the distance between two (pixels). */
function positionScale(plot: Plot, [start, end]: readonly [number, number]) {
  const { places, isReversed, axis } = plot.positions;
  const numbers = places.map(({ at }) => at);
  const steps = numbers.slice(1).map((at, index) => at - (numbers[index] ?? at));
  const step =
    axis.type === 'category' ? 1 : steps.reduce((least, one) => Math.min(least, one), Infinity);
  const finiteStep = Number.isFinite(step) ? step : 1;
  const first = numbers[0] ?? 0;
  const last = numbers.at(-1) ?? 0;
  // Bars need half a step around them; dense points do not.
  const hasBars = plot.series.some(({ kind }) => kind === 'bar');
  const around = hasBars || axis.type === 'category' ? finiteStep / 2 : (last - first) * 0.02 || 1;
  const span = axis.range ?? ([first - around, last + around] as const);
  // The first category of horizontal bars is at the bottom, as in plotly.
  const flips = plot.isHorizontal !== isReversed;
  const position = linearScale(span, flips ? [end, start] : [start, end]);
  return { position, gap: Math.abs(position(first + finiteStep) - position(first)) };
}

/** A series in the legend with its position. */
interface LegendEntry {
  readonly series: PlotSeries;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** The bottom of its line. */
  readonly bottom: number;
}

const legendLine = 24;

/** The legend above the plot, wrapped into lines. */
function legendEntries(plot: Plot, width: number): LegendEntry[] {
  let [x, y] = [0, 0];
  return plot.series.map((series) => {
    const name = shortened(series.name, widestName);
    const room = textWidth(name) + 40;
    if (x > 0 && x + room > width) [x, y] = [0, y + legendLine];
    const entry = { series, name, x, y, bottom: y + legendLine };
    x += room;
    return entry;
  });
}

function drawLegend(entries: readonly LegendEntry[]): Element[] {
  return entries.flatMap(({ series, name, x, y }) => [
    s('rect', { ...paint(series, undefined, 'swatch'), x, y: y + 5, width: 10, height: 10 }),
    s('text', { className: ['legend'], x: x + 16, y: y + 14 }, name),
  ]);
}
