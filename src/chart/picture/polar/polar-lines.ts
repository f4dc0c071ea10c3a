// Lines and points around a polar plot.

import { isJsonObject } from '../../../nbformat/notebook.js';
import { legendOf, spanOf } from '../axes/layer.js';
import { drawLine, type LineMark } from '../cartesian/lines/line-marks.js';
import { modeOf, pointLooks } from '../cartesian/lines/point-looks.js';
import { paint, tracePaint } from '../drawing/paint.js';
import type { FigureTrace } from '../drawing/scene.js';
import { thinPoints } from '../drawing/thin-points.js';
import { polarValues, type PolarAxes } from './polar-axes.js';
import { polarPoint } from './polar-grid.js';
import type { PolarLayer } from './polar-layer.js';

/** A point in degrees and in the radial axis's numbers. */
interface PolarMark {
  readonly angle: number;
  readonly at: number;
  readonly index: number;
}

const fills = new Set(['none', 'toself', 'tonext']);

/** @returns Undefined where a fill is none of a polar plot. */
export function polarLines(
  traces: readonly FigureTrace[],
  axes: PolarAxes,
): readonly PolarLayer[] | undefined {
  const filled = traces.map(({ trace }) => trace['fill'] ?? 'none');
  if (!filled.every((fill) => typeof fill === 'string' && fills.has(fill))) return undefined;
  const marks = traces.map((one) => marksOf(one, axes));
  return traces.map((one, at) => {
    const { trace, index } = one;
    const look = tracePaint(trace, index, axes.layout);
    const mode = modeOf(trace, 'r', false);
    const lookAt = pointLooks(trace, look, mode);
    const line = isJsonObject(trace['line']) ? trace['line'] : {};
    const [own, before] = [marks[at] ?? [], marks[at - 1] ?? []];
    const hasPoints = mode.includes('markers');
    const isToNext = filled[at] === 'tonext' && before.length > 0;
    return {
      index,
      span: spanOf(own.map((mark) => mark?.at)),
      isSolid: false,
      legend: legendOf(one, paint(look, undefined, 'swatch')),
      colors: hasPoints ? look.scale : undefined,
      draw: ({ circle, shareOf, bounds, hasAxes }) => {
        const placed = (some: readonly (PolarMark | undefined)[]) =>
          thinned(
            some.map((mark): LineMark | undefined => {
              const share = mark && shareOf(mark.at);
              if (mark === undefined || share === undefined) return undefined;
              return { ...polarPoint(circle, mark.angle, share), ...lookAt(mark.index) };
            }),
            bounds.most,
          );
        const series = {
          paint: look,
          marks: placed(own),
          hasLine: mode.includes('lines'),
          hasPoints,
          shape: line['shape'] === 'spline' ? 'linear' : line['shape'],
          fill: isToNext ? 'tonext' : filled[at] === 'none' ? 'none' : 'toself',
          floor: isToNext ? placed(before) : [],
          zero: undefined,
        };
        const same = (value: number) => value;
        const area = { x: [0, 2 * circle.x], y: [0, 2 * circle.y] } as const;
        return [drawLine(series, { x: same, y: same, area, gap: 0, bounds, hasAxes })];
      },
    };
  });
}

function marksOf(one: FigureTrace, axes: PolarAxes): readonly (PolarMark | undefined)[] {
  const [amounts, places] = [polarValues(one, 'r'), polarValues(one, 'theta')];
  return Array.from({ length: Math.min(amounts.length, places.length) }, (_, index) => {
    const at = axes.radial.at(amounts[index] ?? null);
    const angle = axes.angleOf(one.trace, places[index] ?? null);
    return at === undefined || angle === undefined ? undefined : { angle, at, index };
  });
}

/** Points in any order leave a line no columns in which they could be told apart. */
function thinned(
  marks: readonly (LineMark | undefined)[],
  most: number,
): readonly (LineMark | undefined)[] {
  if (marks.length <= most) return marks;
  const kept = new Set(
    thinPoints(
      marks.filter((mark) => mark !== undefined),
      most,
    ),
  );
  return marks.filter((mark) => mark === undefined || kept.has(mark));
}
