// Prices of periods: first, highest, lowest and last, as candles or as bars with ticks.

import type { Element } from 'hast';
import { isJsonObject } from '../../../nbformat/notebook.js';
import { positionsOf } from '../../figure/positions.js';
import { readValues } from '../../figure/values.js';
import { safeColor } from '../drawing/paint.js';
import type { FigureTrace } from '../drawing/scene.js';
import { round, svgElement as s } from '../svg.js';
import { spanOf, type Frame, type Layer, type PlotAxes, type PlotKind } from '../axes/layer.js';

/** Candles and price bars by trace. */
export const candlesticks: PlotKind = {
  values: ({ trace }, letter) =>
    letter === 'x'
      ? positionsOf(trace, 'x', readValues(trace['close'])?.length ?? 0)
      : ['low', 'high'].flatMap((name) => [...(readValues(trace[name]) ?? [])]),
  isHorizontal: () => false,
  read: (traces, axes) => {
    if (!axes.y.isMeasured) return undefined;
    return traces.map((one): Layer => {
      const marks = readPrices(one, axes);
      const ends = marks.flatMap(({ low, high }) => [low, high]);
      return {
        index: one.index,
        reach: { x: { isSolid: true }, y: { span: spanOf(ends) } },
        hasMarks: true,
        draw: (frame) => drawPrices(marks, one, frame),
      };
    });
  },
};

interface Price {
  readonly at: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

function readPrices({ trace }: FigureTrace, { x, y }: PlotAxes): readonly Price[] {
  const listOf = (name: string) => (readValues(trace[name]) ?? []).map((value) => y.at(value));
  const [opens, highs, lows, closes] = ['open', 'high', 'low', 'close'].map(listOf);
  const places = positionsOf(trace, 'x', closes?.length ?? 0);
  return places.flatMap((place, index): Price[] => {
    const [at, open, close] = [x.at(place), opens?.[index], closes?.[index]];
    if (at === undefined || open === undefined || close === undefined) return [];
    const high = highs?.[index] ?? Math.max(open, close);
    const low = lows?.[index] ?? Math.min(open, close);
    return [{ at, open, high, low, close }];
  });
}

/** Neighbours on the same pixels as one price: the first, the highest, the lowest, the last. */
function joined(marks: readonly Price[], { x, bounds }: Frame): readonly Price[] {
  if (marks.length <= bounds.single) return marks;
  const columns = new Map<number, Price>();
  for (const mark of marks.toSorted((a, b) => a.at - b.at)) {
    const column = Math.floor(x(mark.at) / Math.max(2, bounds.column));
    const known = columns.get(column);
    columns.set(
      column,
      known === undefined
        ? mark
        : {
            ...known,
            high: Math.max(known.high, mark.high),
            low: Math.min(known.low, mark.low),
            close: mark.close,
          },
    );
  }
  return [...columns.values()];
}

function drawPrices(all: readonly Price[], { type, trace }: FigureTrace, frame: Frame): Element[] {
  const marks = joined(all, frame);
  const gap = marks.length < all.length ? 2 : frame.gap;
  const half = Math.min(14, Math.max(0.4, (gap * 0.6) / 2));
  return (['rises', 'falls'] as const).flatMap((direction) => {
    const some = marks.filter(({ open, close }) => close >= open === (direction === 'rises'));
    if (some.length === 0) return [];
    const group = trace[direction === 'rises' ? 'increasing' : 'decreasing'];
    const line = isJsonObject(group) && isJsonObject(group['line']) ? group['line'] : {};
    const color = safeColor(line['color']);
    const look = (part: string) =>
      color === undefined ? { className: [part, direction] } : { className: [part], color };
    const draw = type === 'ohlc' ? priceBar : candle;
    const parts = some.map((mark) => draw(mark, half, frame));
    const boxes = parts.map(({ box }) => box).join('');
    return [
      s('path', { ...look('outline'), d: parts.map(({ lines }) => lines).join('') }),
      ...(boxes === '' ? [] : [s('path', { ...look('bar'), d: boxes })]),
    ];
  });
}

function candle({ at, open, high, low, close }: Price, half: number, { x, y }: Frame) {
  const center = round(x(at));
  const [top, bottom] = [round(Math.min(y(open), y(close))), round(Math.max(y(open), y(close)))];
  const width = round(half * 2);
  return {
    lines: `M${center} ${round(y(high))}V${top}M${center} ${bottom}V${round(y(low))}`,
    box: `M${round(center - half)} ${top}h${width}v${Math.max(1, round(bottom - top))}h${-width}z`,
  };
}

function priceBar({ at, open, high, low, close }: Price, half: number, { x, y }: Frame) {
  const center = round(x(at));
  const [first, last] = [round(y(open)), round(y(close))];
  return {
    lines: `M${center} ${round(y(high))}V${round(y(low))}M${round(center - half)} ${first}H${center}M${center} ${last}H${round(center + half)}`,
    box: '',
  };
}
