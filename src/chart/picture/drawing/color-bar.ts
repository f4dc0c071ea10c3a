// The bar beside a plot that says which number a colour stands for.

import type { Element } from 'hast';
import { numberFormat } from '../../figure/format.js';
import { toneCount, type ColorScale } from './color-scale.js';
import { linearScale, niceTicks, shortened, textWidth } from '../scale.js';
import { round, svgElement as s } from '../svg.js';

const barWidth = 12;

/** The most room of a label or the title. */
const mostText = 90;
const format = numberFormat(undefined);

/** The room that a bar needs, with its labels and the space before it. */
export function colorBarWidth(scale: ColorScale): number {
  const labels = ticksOf(scale).map((tick) => format(tick));
  const widest = labels.reduce((most, label) => Math.max(most, textWidth(label)), 0);
  const title = scale.title === undefined ? 0 : textWidth(shortened(scale.title, mostText));
  return 12 + barWidth + Math.max(8 + Math.min(mostText, widest), Math.ceil(title / 2) + 2);
}

function ticksOf({ span: [from, to] }: ColorScale): number[] {
  return from === to ? [from] : niceTicks(from, to, 4).filter((tick) => tick >= from && tick <= to);
}

/** A bar from the scale's least number at the bottom to its most at the top. */
export function drawColorBar(
  scale: ColorScale,
  {
    left,
    top: high,
    bottom,
  }: { readonly left: number; readonly top: number; readonly bottom: number },
): Element[] {
  const top = scale.title === undefined ? high : high + 18;
  const [from, to] = scale.span;
  const height = (bottom - top) / toneCount;
  const tones = Array.from({ length: toneCount }, (_, index) => {
    const { tone, color } = scale.toneOf(from + ((to - from) * index) / (toneCount - 1));
    return s('rect', {
      ...(tone === undefined
        ? { className: ['cell'], ...(color === undefined ? {} : { color }) }
        : { className: ['cell', tone] }),
      ...{ x: left, y: round(bottom - (index + 1) * height), width: barWidth },
      height: round(height + 0.5),
    });
  });
  const at = from === to ? () => (top + bottom) / 2 : linearScale([from, to], [bottom, top]);
  const labels = ticksOf(scale).map((tick) =>
    s(
      'text',
      { x: left + barWidth + 6, y: round(at(tick)) + 4 },
      shortened(format(tick), mostText),
    ),
  );
  const title =
    scale.title === undefined
      ? []
      : [
          s(
            'text',
            { x: left + barWidth, y: high + 8, textAnchor: 'middle' },
            shortened(scale.title, mostText),
          ),
        ];
  return [...tones, ...labels, ...title];
}
