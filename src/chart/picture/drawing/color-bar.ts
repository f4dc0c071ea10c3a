// The bar beside a plot that says which number a colour stands for.

import type { Element } from 'hast';
import { numberFormat } from '../../figure/format.js';
import { toneCount, type ColorScale } from './color-scale.js';
import { linearScale, niceTicks, shortened, textWidth } from '../scale.js';
import { round, svgElement as s } from '../svg.js';

const barWidth = 12;

/** The most room of a label or the title. */
const mostText = 90;

/** The most lines of the title, and their height. */
const [mostLines, lineHeight] = [4, 15];
const format = numberFormat(undefined);

/** The room that a bar needs, with its labels and the space before it. */
export function colorBarWidth(scale: ColorScale): number {
  const labels = ticksOf(scale).map((tick) => format(tick));
  const widest = labels.reduce((most, label) => Math.max(most, textWidth(label)), 0);
  const labeled = barWidth + 8 + Math.min(mostText, widest);
  // Its words stand below one another, above the bar; the plot's room is not theirs.
  const words = (scale.title ?? '').split(/\s+/).map((word) => textWidth(word));
  return 12 + Math.max(labeled, Math.min(mostText, Math.ceil(Math.max(...words))));
}

/** The lines of the title within the room of the bar. */
function titleLines(scale: ColorScale): string[] {
  const room = Math.max(colorBarWidth(scale) - 12, textWidth('x'));
  const lines: string[] = [];
  for (const word of (scale.title ?? '').split(/\s+/).filter((one) => one !== '')) {
    const joined = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && textWidth(joined) <= room) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  const shown = lines.slice(0, mostLines);
  if (lines.length > mostLines) shown[mostLines - 1] = `${shown[mostLines - 1] ?? ''} …`;
  return shown.map((line) => shortened(line, room));
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
  const lines = titleLines(scale);
  const top = lines.length === 0 ? high : high + lines.length * lineHeight + 3;
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
  const title = lines.map((line, index) =>
    s('text', { x: left, y: high + 8 + index * lineHeight }, line),
  );
  return [...tones, ...labels, ...title];
}
