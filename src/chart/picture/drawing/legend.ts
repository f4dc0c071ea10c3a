// The legend above a picture.

import type { Element } from 'hast';
import { shortened, textWidth, widestName } from '../scale.js';
import type { LegendItem } from './scene.js';
import { svgElement as s } from '../svg.js';

/** A series in the legend with its position. */
export interface LegendEntry extends LegendItem {
  readonly x: number;
  readonly y: number;
  /** The bottom of its line. */
  readonly bottom: number;
}

const legendLine = 24;

/** The legend wrapped into lines of a width. */
export function legendEntries(items: readonly LegendItem[], width: number): LegendEntry[] {
  let [x, y] = [0, 0];
  return items.map((item) => {
    const name = shortened(item.name, widestName);
    const room = textWidth(name) + 40;
    if (x > 0 && x + room > width) [x, y] = [0, y + legendLine];
    const entry = { swatch: item.swatch, name, x, y, bottom: y + legendLine };
    x += room;
    return entry;
  });
}

/** Swatches and names. */
export function drawLegend(entries: readonly LegendEntry[]): Element[] {
  return entries.flatMap(({ swatch, name, x, y }) => [
    s('rect', { ...swatch, x, y: y + 5, width: 10, height: 10 }),
    s('text', { className: ['legend'], x: x + 16, y: y + 14 }, name),
  ]);
}
