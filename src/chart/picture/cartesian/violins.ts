// Violins: the density of numbers to both sides of their position, with a box inside.

import type { Element } from 'hast';
import { isJsonObject } from '../../../nbformat/notebook.js';
import { paint, type Paint } from '../drawing/paint.js';
import type { Trace } from '../drawing/scene.js';
import { densityOf, type DensityPoint } from '../statistics/density.js';
import { boxNumbers, type BoxNumbers } from '../statistics/quartiles.js';
import { round, svgElement as s } from '../svg.js';
import { drawSamples } from './boxes.js';
import { type Frame, type PlotKind } from '../axes/layer.js';
import { isLying, placer, sampleLayers, samplesOf, sampleValues, type Slots } from './samples.js';

/** A violin at its position. */
interface ViolinMark extends BoxNumbers {
  readonly at: number;
  readonly density: readonly DensityPoint[];
}

/** The most violins that can be told apart. */
const mostViolins = 60;

/** Violins by trace. */
export const violins: PlotKind = {
  values: sampleValues,
  isHorizontal: isLying,
  read: (traces, axes) => {
    const { isHorizontal, layout } = axes;
    if (!(isHorizontal ? axes.x : axes.y).isMeasured) return undefined;
    const read = traces.map((one) => samplesOf(one, axes));
    if (read.flat().length > mostViolins) return undefined;
    return sampleLayers(traces, axes, layout['violinmode'], ({ trace }, index) => {
      const marks = (read[index] ?? []).map(({ at, sorted }): ViolinMark => {
        const density = densityOf(sorted, trace['spanmode'] === 'hard');
        return { at, density, ...boxNumbers(sorted, 'linear') };
      });
      return {
        ends: marks.flatMap(({ density, outliers }) => [
          ...density.map(({ at }) => at),
          ...outliers,
        ]),
        draw: (series, slots, frame) =>
          drawViolins(marks, series, trace, isHorizontal, slots, frame),
      };
    });
  },
};

function drawViolins(
  marks: readonly ViolinMark[],
  series: Paint,
  trace: Trace,
  isHorizontal: boolean,
  { slots, slot }: Slots,
  frame: Frame,
): Element[] {
  const [position, measure] = isHorizontal ? [frame.y, frame.x] : [frame.x, frame.y];
  const room = (frame.gap * 0.8) / slots;
  const half = Math.min(60, room * 0.48);
  const place = placer(isHorizontal, round);
  const sides =
    trace['side'] === 'positive' ? [0, 1] : trace['side'] === 'negative' ? [1, 0] : [1, 1];
  const centerOf = (at: number) => position(at) + (slot - (slots - 1) / 2) * room;
  const shapes = marks.map(({ at, density }) => {
    const center = centerOf(at);
    const most = density.reduce((peak, point) => Math.max(peak, point.density), 0) || 1;
    const side = (factor: number) =>
      density.map((point) =>
        place(center + (factor * half * point.density) / most, measure(point.at)),
      );
    const outline = [...side(-(sides[0] ?? 1)), ...side(sides[1] ?? 1).toReversed()];
    return `M${outline.join('L')}Z`;
  });
  const inner = marks.map((mark) => {
    const center = centerOf(mark.at);
    const width = Math.min(8, half / 3);
    const line = (at: number, by: number) =>
      `M${place(center - by, measure(at))}L${place(center + by, measure(at))}`;
    const rod = `M${place(center, measure(mark.lower))}L${place(center, measure(mark.upper))}`;
    const box = [
      place(center - width, measure(mark.q1)),
      place(center + width, measure(mark.q1)),
      place(center + width, measure(mark.q3)),
      place(center - width, measure(mark.q3)),
    ];
    return `${rod}M${box.join('L')}Z${line(mark.median, width)}`;
  });
  const hasBox = isJsonObject(trace['box']) && trace['box']['visible'] === true;
  const shown = trace['points'];
  const samples =
    shown === false
      ? []
      : marks.flatMap(({ at, outliers }) =>
          outliers.map((value) => ({ along: centerOf(at), measure: measure(value) })),
        );
  return [
    s('path', { ...paint(series, undefined, 'wash'), d: shapes.join('') }),
    ...(hasBox ? [s('path', { ...paint(series, undefined, 'outline'), d: inner.join('') })] : []),
    ...drawSamples(samples, series, isHorizontal, frame),
  ];
}
