// The grid of a polar plot: its circle, rings and spokes, with their labels.

import type { Element } from 'hast';
import { tickLabel } from '../axes/axes.js';
import type { ScaledAxis } from '../axes/axis-span.js';
import { labelStep, shortened, textWidth, widestName } from '../scale.js';
import { round, svgElement as s } from '../svg.js';
import type { SceneSize } from '../drawing/scene.js';
import type { Direction, PolarAxes } from './polar-axes.js';

/** The circle of a polar plot, in pixels. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** The most labels around a plot; more lie over one another at any size. */
const mostLabels = 48;

const gap = 8;

/** The directions that have a label, each short enough for a picture. */
export function labelledDirections(
  { directions, settings }: PolarAxes,
  { width, hasAxes }: SceneSize,
): readonly Direction[] {
  if (!hasAxes || isHidden(settings['angularaxis'])) return [];
  const step = Math.ceil(directions.length / mostLabels);
  const room = Math.min(widestName, width / 4);
  return directions
    .filter((_, index) => index % step === 0)
    .map(({ angle, label }) => ({ angle, label: shortened(label, room) }));
}

/** The largest circle around which labels fit into a width and height. */
export function circleWithin(
  labels: readonly Direction[],
  width: number,
  { height, hasAxes }: SceneSize,
): Circle {
  const margin = hasAxes ? 10 : 3;
  let radius = Math.min(width, height) / 2 - margin;
  for (const { angle, label } of labels) {
    const [across, up] = vector(angle).map(Math.abs) as [number, number];
    // Fonts are up to a sixth wider than their estimate.
    const wide = textWidth(label) * 1.16;
    const beside = width / 2 - gap - wide / (across < middle ? 2 : 1);
    radius = Math.min(
      radius,
      beside / Math.max(across, 0.01),
      (height / 2 - gap - 14) / Math.max(up, 0.01),
    );
  }
  return { x: width / 2, y: height / 2, radius: Math.max(10, radius) };
}

/** Labels whose direction is steeper stand above or below the plot. */
const middle = 0.2;

function vector(angle: number): [number, number] {
  const radians = (angle / 180) * Math.PI;
  return [Math.cos(radians), Math.sin(radians)];
}

/** The point in a direction at a share of the radius. */
export function polarPoint({ x, y, radius }: Circle, angle: number, share: number) {
  const [across, up] = vector(angle);
  return { x: round(x + across * radius * share), y: round(y - up * radius * share) };
}

/** Rings at the ticks, and spokes to the directions; a thumbnail has the outer ring alone. */
export function drawGrid(
  axes: PolarAxes,
  { ticks, scale }: ScaledAxis,
  circle: Circle,
  hasAxes: boolean,
): Element[] {
  const rings = hasAxes ? ticks : ticks.slice(-1);
  const spokes = axes.directions.length <= mostLabels && hasAxes ? axes.directions : [];
  return [
    ...rings.map((tick) => drawRing(axes, circle, scale(tick))),
    ...spokes.map(({ angle }) => {
      const [from, to] = [polarPoint(circle, angle, axes.hole), polarPoint(circle, angle, 1)];
      return s('line', { className: ['grid'], x1: from.x, y1: from.y, x2: to.x, y2: to.y });
    }),
  ];
}

function drawRing({ directions, isStraight }: PolarAxes, circle: Circle, share: number): Element {
  if (!isStraight || directions.length > mostLabels) {
    const [cx, cy] = [round(circle.x), round(circle.y)];
    return s('circle', {
      className: ['grid'],
      fill: 'none',
      cx,
      cy,
      r: round(circle.radius * share),
    });
  }
  const corners = directions.map(({ angle }) => polarPoint(circle, angle, share));
  const d = `M${corners.map(({ x, y }) => `${x} ${y}`).join('L')}Z`;
  return s('path', { className: ['grid'], fill: 'none', d });
}

/**
 * The amounts along the radial axis, and the directions around the plot, as far as they do not overlap.
 *
 * @param hasBars - Amounts lie on bars, and so on plates that keep them readable.
 */
export function drawLabels(
  axes: PolarAxes,
  radial: ScaledAxis,
  circle: Circle,
  labels: readonly Direction[],
  hasBars: boolean,
): Element[] {
  const { settings, axis } = { settings: axes.settings, axis: radial.axis };
  const own = axis.settings['angle'];
  const angle = typeof own === 'number' && Number.isFinite(own) ? own : 0;
  const texts = radial.ticks.map((tick) => tickLabel(axis, tick));
  const widest = texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
  const step = labelStep(texts.length, widest, circle.radius * (1 - axes.hole));
  const amounts = isHidden(settings['radialaxis'])
    ? []
    : radial.ticks.flatMap((tick, index) => {
        if ((texts.length - 1 - index) % step !== 0) return [];
        const { x, y } = polarPoint(circle, angle, radial.scale(tick));
        const text = texts[index] ?? '';
        const [right, bottom, width] = [round(x - 4), round(y + 14), round(textWidth(text))];
        const plate = {
          x: round(right - width - 3),
          y: round(bottom - 12),
          width: round(width + 6),
          height: 16,
        };
        return [
          ...(hasBars ? [s('rect', { className: ['land'], ...plate, rx: 3 })] : []),
          s('text', { x: right, y: bottom, textAnchor: 'end' }, text),
        ];
      });
  return [...amounts, ...aroundLabels(circle, labels)];
}

function aroundLabels(circle: Circle, labels: readonly Direction[]): Element[] {
  const taken: { readonly left: number; readonly right: number; readonly y: number }[] = [];
  return labels.flatMap(({ angle, label }) => {
    const [across, up] = vector(angle);
    const x = round(circle.x + across * (circle.radius + gap));
    const y = round(circle.y - up * (circle.radius + gap) + 4 - up * 4);
    const anchor = Math.abs(across) < middle ? 'middle' : across > 0 ? 'start' : 'end';
    const width = textWidth(label);
    const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
    const box = { left, right: left + width, y };
    const overlaps = taken.some(
      (other) =>
        other.left < box.right + 4 && box.left < other.right + 4 && Math.abs(other.y - y) < 13,
    );
    if (overlaps) return [];
    taken.push(box);
    return [s('text', { className: ['legend'], x, y, textAnchor: anchor }, label)];
  });
}

function isHidden(axis: unknown): boolean {
  const settings: Record<string, unknown> =
    typeof axis === 'object' && axis !== null ? { ...axis } : {};
  return settings['visible'] === false || settings['showticklabels'] === false;
}
