import type { Element } from 'hast';
import { paint } from './paint.js';
import type { Plot, PlotSeries } from './plot.js';
import { shortened, textWidth, widestName } from './scale.js';
import { svgElement as s } from './svg.js';

/** A series in the legend, and where it stands. */
export interface LegendEntry {
  readonly series: PlotSeries;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Where its line ends. */
  readonly bottom: number;
}

const legendLine = 24;

/** The legend above the plot, in as many lines as it takes. */
export function legendEntries(plot: Plot, width: number): LegendEntry[] {
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

export function drawLegend(entries: readonly LegendEntry[]): Element[] {
  return entries.flatMap(({ series, name, x, y }) => [
    s('rect', { ...paint(series, undefined, 'swatch'), x, y: y + 5, width: 10, height: 10 }),
    s('text', { className: ['legend'], x: x + 16, y: y + 14 }, name),
  ]);
}
