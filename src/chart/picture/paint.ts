import type { Mark, PlotSeries } from './plot.js';

/** Class and colour of a part of a series. */
export function paint(series: PlotSeries, mark: Mark | undefined, part: string) {
  const color = mark?.color ?? series.color;
  const classes = [part, ...(color === undefined ? [`series-${series.order}`] : [])];
  if (mark?.isOpen === true) classes.push('open');
  if (series.isDashed && part === 'line') classes.push('dashed');
  // `color` is what the stylesheet's fill and stroke take over.
  return { className: classes, ...(color === undefined ? {} : { color }) };
}

/** Marks that look alike, to be drawn in one stroke. */
export function byLook<Item extends { readonly mark: Mark }>(
  items: readonly Item[],
  series: PlotSeries,
  part: string,
): { look: ReturnType<typeof paint>; items: Item[] }[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = `${item.mark.color ?? ''} ${item.mark.isOpen ? 'open' : ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()].map((group) => ({
    look: paint(series, group[0]?.mark, part),
    items: group,
  }));
}

/** To a tenth of a unit; what the largest of numbers push beyond every scale is drawn at its start. */
export function round(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : 0;
}
