// The paint of marks: colours of the figure where they are safe, otherwise classes of the stylesheet, whose fill and
// stroke inherit `color`.

import { isJsonObject } from '../../../nbformat/notebook.js';
import { numberOf, readValues } from '../../figure/values.js';
import { readColorScale, type ColorScale } from './color-scale.js';
import type { Trace } from './scene.js';

/** What decides a series' colour. */
export interface Paint {
  /** Its index in the stylesheet's colours, from 1. */
  readonly order: number;
  /** Its own colour, validated. */
  readonly color: string | undefined;
  readonly isDashed?: boolean;
}

/** What a mark has of its own beside its series' paint. */
export interface MarkPaint {
  /** Drawn hollow: the figure has a pattern or an open symbol, as for an incomplete period. */
  readonly isOpen: boolean;
  /** Its own colour, validated. */
  readonly color: string | undefined;
  /** Its class on a scale of colours. */
  readonly tone: string | undefined;
}

/** A colour that is safe in an attribute; undefined for numbers and colour scales. */
export function safeColor(color: unknown): string | undefined {
  return typeof color === 'string' &&
    /^(?:#[\da-f]{3,8}|[a-z]{3,30}|rgba?\([\d., %]{5,40}\))$/i.test(color)
    ? color
    : undefined;
}

/** The colour of a series by its index in the figure, from 0. */
export function paintOf(index: number, color: unknown): Paint {
  return { order: (index % 8) + 1, color: safeColor(color) };
}

/** Class and colour of a part of a series. */
export function paint(series: Paint, mark: MarkPaint | undefined, part: string) {
  const color = mark?.color ?? (mark?.tone === undefined ? series.color : undefined);
  const classes = [part, ...(color === undefined ? [mark?.tone ?? `series-${series.order}`] : [])];
  if (mark?.isOpen === true) classes.push('open');
  if (series.isDashed === true && part === 'line') classes.push('dashed');
  return { className: classes, ...(color === undefined ? {} : { color }) };
}

/** The most different paints of a trace with very many marks; the others have that of their series. */
const mostPaints = 64;

/** Marks of equal paint, which are drawn in one stroke. */
export function byPaint<Item extends { readonly mark: MarkPaint }>(
  items: readonly Item[],
  series: Paint,
  part: string,
): { look: ReturnType<typeof paint>; items: Item[] }[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const { color, tone, isOpen } = item.mark;
    const own = `${color ?? tone ?? ''} ${isOpen ? 'open' : ''}`;
    const key = groups.has(own) || groups.size < mostPaints ? own : ' ';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups].map(([key, group]) => ({
    look: paint(series, key === ' ' ? undefined : group[0]?.mark, part),
    items: group,
  }));
}

/** The paint of a trace and of each of its marks. */
export interface TracePaint extends Paint {
  readonly markAt: (index: number) => MarkPaint;
  /** The scale of its marks' colours, where these are numbers. */
  readonly scale: ColorScale | undefined;
}

/** Reads the paint of a trace: `line`, `marker`, patterns and symbols. */
export function tracePaint(trace: Trace, index: number, layout: Trace): TracePaint {
  const marker = isJsonObject(trace['marker']) ? trace['marker'] : {};
  const line = isJsonObject(trace['line']) ? trace['line'] : {};
  const pattern = isJsonObject(marker['pattern']) ? marker['pattern'] : {};
  const [shapes, symbols, colors] = [pattern['shape'], marker['symbol'], marker['color']];
  const itemAt = (list: unknown, at: number): unknown =>
    Array.isArray(list) ? (list[at] as unknown) : list;
  const measured = typeof colors === 'object' ? readValues(colors) : undefined;
  const scale = measured?.some((value) => typeof value === 'number')
    ? readColorScale(measured, marker, layout, 'c')
    : undefined;
  const isOpenAt = (at: number): boolean => {
    const shape = itemAt(shapes, at);
    const symbol = itemAt(symbols, at);
    return (
      (typeof shape === 'string' && shape !== '') ||
      (typeof symbol === 'string' && symbol.endsWith('-open'))
    );
  };
  return {
    order: ((seriesIn(trace) ?? index) % 8) + 1,
    color: safeColor(line['color']) ?? safeColor(colors),
    isDashed: typeof line['dash'] === 'string' && line['dash'] !== 'solid',
    scale,
    markAt: (at) => {
      const isOpen = isOpenAt(at);
      const value = numberOf(measured?.[at] ?? null);
      if (scale === undefined || value === undefined) {
        return { isOpen, color: measured && safeColor(measured[at]), tone: undefined };
      }
      return { isOpen, ...scale.toneOf(value) };
    },
  };
}

/** Which series a trace is of, where several panels have it; undefined: one of its own. */
function seriesIn(trace: Trace): number | undefined {
  const meta = isJsonObject(trace['meta']) ? trace['meta']['daybook'] : undefined;
  const series = isJsonObject(meta) ? meta['series'] : undefined;
  return typeof series === 'number' && Number.isInteger(series) && series >= 0 ? series : undefined;
}
