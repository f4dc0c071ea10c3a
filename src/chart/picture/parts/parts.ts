// Parts of parts: treemaps, icicles and sunbursts.

import type { Element } from 'hast';
import type { HierarchyRectangularNode } from 'd3-hierarchy';
import type { Figure } from '../../figure/figure.js';
import { paint } from '../drawing/paint.js';
import { traceScenes, type FigureTrace, type Scene, type SceneSize } from '../drawing/scene.js';
import { shortened, textWidth } from '../scale.js';
import { round, svgElement as s } from '../svg.js';
import { hierarchies, readTree, type Part } from './hierarchy.js';

type Node = HierarchyRectangularNode<Part>;
type Draw = (tree: Part, size: SceneSize) => readonly Element[];

const draws: ReadonlyMap<string, Draw> = new Map([
  ['treemap', drawTreemap],
  ['icicle', drawIcicle],
  ['sunburst', drawSunburst],
]);

/** Treemaps, icicles and sunbursts, each in its own part. */
export function partScenes(
  traces: readonly FigureTrace[],
  figure: Figure,
): readonly Scene[] | undefined {
  return traceScenes(traces, figure, ({ trace, type }) => {
    const tree = readTree(trace);
    const draw = draws.get(type);
    if (tree === undefined || draw === undefined || !hasValue(tree)) return undefined;
    return (size) => draw(tree, size);
  });
}

function hasValue(part: Part): boolean {
  return part.value > 0 || part.children.some(hasValue);
}

function summed(tree: Part) {
  return hierarchies()
    .hierarchy(tree)
    .sum(({ value }) => value)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
}

/** The colour of a part is that of its branch below the root. */
function lookOf(node: Node, className: string) {
  const branch = node.ancestors().at(-2) ?? node;
  const order = (branch.parent?.children?.indexOf(branch) ?? 0) % 8;
  return paint({ order: order + 1, color: node.data.color }, undefined, className);
}

/** Parts below the size of a pixel are left out. */
function visible(nodes: readonly Node[], { mostMarks }: SceneSize): readonly Node[] {
  return nodes
    .filter(({ x0, x1, y0, y1 }) => x1 - x0 >= 1 && y1 - y0 >= 1)
    .slice(0, Math.min(600, mostMarks / 2));
}

function drawTreemap(tree: Part, size: SceneSize): readonly Element[] {
  const header = size.hasAxes ? 20 : 3;
  const root = hierarchies()
    .treemap<Part>()
    .size([size.width, size.height])
    .paddingInner(2)
    .paddingOuter(2)
    .paddingTop((node) => (node.depth === 0 && node.data.label === '' ? 0 : header))(summed(tree));
  const nodes = root.descendants().filter(({ depth, data }) => depth > 0 || data.label !== '');
  return visible(nodes, size).flatMap((node) => rectangle(node, size, node.children !== undefined));
}

function drawIcicle(tree: Part, size: SceneSize): readonly Element[] {
  const root = hierarchies().partition<Part>().size([size.height, size.width]).padding(1)(
    summed(tree),
  );
  const turned = root.descendants();
  for (const node of turned) {
    [node.x0, node.y0] = [node.y0, node.x0];
    [node.x1, node.y1] = [node.y1, node.x1];
  }
  return visible(turned, size).flatMap((node) => rectangle(node, size, false));
}

function rectangle(node: Node, { hasAxes }: SceneSize, isAtTop: boolean): Element[] {
  const { x0, x1, y0, y1, data } = node;
  const [width, height] = [round(x1 - x0), round(y1 - y0)];
  const look = isAtTop ? { className: ['land'] } : lookOf(node, 'wash');
  const box = s('rect', { ...look, x: round(x0), y: round(y0), width, height });
  const name = shortened(data.label, width - 10);
  const hasName = hasAxes && width > 26 && height > 17 && data.label !== '';
  if (!hasName) return [box];
  const y = isAtTop ? y0 + 14 : (y0 + y1) / 2 + 4;
  return [box, s('text', { className: ['on-part'], x: round(x0 + 6), y: round(y) }, name)];
}

function drawSunburst(tree: Part, size: SceneSize): readonly Element[] {
  const radius = Math.max(4, Math.min(size.width, size.height) / 2 - 4);
  const root = hierarchies()
    .partition<Part>()
    .size([2 * Math.PI, radius])(summed(tree));
  const [x, y] = [round(size.width / 2), round(size.height / 2)];
  const nodes = root
    .descendants()
    .filter(
      ({ depth, data, x0, x1, y1 }) => (depth > 0 || data.label !== '') && (x1 - x0) * y1 >= 1,
    )
    .slice(0, Math.min(600, size.mostMarks / 2));
  return nodes.flatMap((node) => [
    s('path', { ...lookOf(node, 'wash'), d: ring(node, x, y) }),
    ...ringName(node, x, y, size),
  ]);
}

/** A part of a ring, clockwise from the top; a whole circle is two halves. */
function ring({ x0, x1, y0, y1 }: Node, x: number, y: number): string {
  const at = (angle: number, distance: number) =>
    `${round(x + distance * Math.sin(angle))} ${round(y - distance * Math.cos(angle))}`;
  const middle = (x0 + x1) / 2;
  const arc = (angle: number, distance: number, sweep: 0 | 1) =>
    `A${round(distance)} ${round(distance)} 0 0 ${sweep} ${at(angle, distance)}`;
  const outer = `M${at(x0, y1)}${arc(middle, y1, 1)}${arc(x1, y1, 1)}`;
  return y0 === 0
    ? `${outer}${x1 - x0 > 6.28 ? '' : `L${x} ${y}`}Z`
    : `${outer}L${at(x1, y0)}${arc(middle, y0, 0)}${arc(x0, y0, 0)}Z`;
}

function ringName(
  { x0, x1, y0, y1, data, depth }: Node,
  x: number,
  y: number,
  { hasAxes }: SceneSize,
): Element[] {
  const [angle, distance] = [(x0 + x1) / 2, depth === 0 ? 0 : (y0 + y1) / 2];
  const room = depth === 0 ? y1 * 1.6 : y1 - y0 - 4;
  const name = shortened(data.label, room);
  const isFitting = depth === 0 || ((x1 - x0) * distance > 14 && room > 24);
  if (!hasAxes || !isFitting || data.label === '' || textWidth(name) > room + 8) return [];
  const [left, top] = [x + distance * Math.sin(angle), y - distance * Math.cos(angle)];
  return [
    s(
      'text',
      { className: ['on-part'], x: round(left), y: round(top + 4), textAnchor: 'middle' },
      name,
    ),
  ];
}
