// Lines and points of a plot.

import type { Element } from 'hast';
import { byPaint, paint, type MarkPaint, type TracePaint } from '../../drawing/paint.js';
import { shortened } from '../../scale.js';
import { round, svgElement as s } from '../../svg.js';
import { thinPoints } from '../../drawing/thin-points.js';
import type { Frame } from '../../axes/layer.js';
import { boundedPath, type PathPoint } from './line-path.js';
import { curvePath, withCorners } from './line-shape.js';

/** A point of a line in the axes' numbers. */
export interface LineMark extends MarkPaint {
  readonly x: number;
  readonly y: number;
  /** In pixels, for bubbles. */
  readonly radius: number | undefined;
  readonly text: string | undefined;
}

/** A line with its points. */
export interface LineSeries {
  readonly paint: TracePaint;
  /** In the order of the trace; undefined for missing values. */
  readonly marks: readonly (LineMark | undefined)[];
  readonly hasLine: boolean;
  readonly hasPoints: boolean;
  /** plotly's `line.shape`. */
  readonly shape: unknown;
  /** `none`, `zero`, `stack`, `tonexty` or `toself`. */
  readonly fill: string;
  /** The line to which the area reaches. */
  readonly floor: readonly (LineMark | undefined)[];
  /** The axis's number of zero; a logarithmic one has none. */
  readonly zero: number | undefined;
}

interface Point extends PathPoint {
  readonly mark: LineMark;
}

/** A line with its area and points, reduced to distinguishable points. */
export function drawLine(series: LineSeries, frame: Frame): Element {
  const points = toPoints(series.marks, frame);
  const { most, column } = frame.bounds;
  const isThinned = !series.hasPoints || points.length > most;
  const path =
    series.hasLine || series.fill !== 'none'
      ? pathOf(points, series, isThinned ? column : undefined)
      : '';
  return s('g', {}, [
    areaOf(series, path, points, frame),
    series.hasLine ? s('path', { ...paint(series.paint, undefined, 'line'), d: path }) : undefined,
    ...(series.hasPoints ? pointMarks(points.filter(isPoint), series, frame) : []),
    ...textMarks(points.filter(isPoint), frame),
  ]);
}

function toPoints(marks: LineSeries['marks'], frame: Frame): readonly (Point | undefined)[] {
  return marks.map((mark) =>
    mark === undefined ? undefined : { mark, x: round(frame.x(mark.x)), y: round(frame.y(mark.y)) },
  );
}

function isPoint(point: Point | undefined): point is Point {
  return point !== undefined;
}

function pathOf(
  points: readonly (PathPoint | undefined)[],
  { shape }: LineSeries,
  column: number | undefined,
): string {
  const curve = shape === 'spline' ? curvePath(points) : undefined;
  return curve ?? boundedPath(withCorners(points, shape), column);
}

function areaOf(
  series: LineSeries,
  path: string,
  points: readonly (Point | undefined)[],
  frame: Frame,
): Element | undefined {
  const [first, last] = [points.find(isPoint), points.findLast(isPoint)];
  if (series.fill === 'none' || first === undefined || last === undefined || first === last) {
    return undefined;
  }
  const area = (d: string) => s('path', { ...paint(series.paint, undefined, 'area'), d });
  if (series.fill === 'toself') return area(`${path}Z`);
  if (series.fill !== 'zero') {
    const floor = toPoints(series.floor, frame).toReversed();
    const back = pathOf(floor, series, frame.bounds.column).replaceAll('M', 'L');
    if (back !== '') return area(`${path}${back}Z`);
  }
  const zero = series.zero === undefined ? frame.area.y[1] : round(frame.y(series.zero));
  return area(`${path}L${last.x} ${zero}L${first.x} ${zero}Z`);
}

/** Single points; very many are reduced and drawn as dots of one stroke. */
function pointMarks(
  points: readonly Point[],
  series: LineSeries,
  { bounds, hasAxes }: Frame,
): Element[] {
  const isBubbles = points.some(({ mark }) => mark.radius !== undefined);
  if (points.length <= bounds.single || isBubbles) {
    const part = isBubbles ? 'bubble' : 'point';
    // Thumbnails are a third as large.
    const factor = hasAxes ? 1 : 0.4;
    return thinPoints(points, bounds.single)
      .filter(({ mark }) => mark.radius !== 0)
      .map(({ mark, x, y }) => {
        const r = mark.radius === undefined ? 3 : round(mark.radius * factor);
        return s('circle', { ...paint(series.paint, mark, part), cx: x, cy: y, r });
      });
  }
  return byPaint(thinPoints(points, bounds.most), series.paint, 'dots').map(({ look, items }) =>
    s('path', {
      ...look,
      d: items.map(({ x, y }) => `M${Math.round(x)} ${Math.round(y)}h0`).join(''),
    }),
  );
}

/** The most texts beside points; more would lie over one another. */
const mostTexts = 60;

function textMarks(points: readonly Point[], { hasAxes }: Frame): Element[] {
  const named = points.filter(({ mark }) => mark.text !== undefined);
  if (!hasAxes || named.length > mostTexts) return [];
  return named.map(({ mark, x, y }) =>
    s('text', { x, y: round(y - 7), textAnchor: 'middle' }, shortened(mark.text ?? '', 120)),
  );
}
