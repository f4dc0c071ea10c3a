import type { Element, ElementContent } from 'hast';
import { s } from 'hastscript';
import { stateShape, type StateName } from '../pages/state.js';
import { layOutGraph, type GraphEdge, type GraphNode } from './graph-layout.js';

/** A node as it is drawn. */
export interface PictureNode extends GraphNode {
  readonly label: string;
  /** A second line, like `gold · 12 rows`. */
  readonly note: string;
  /** All that is known, for the tooltip and screen readers. */
  readonly title: string;
  readonly href: string | undefined;
  /** Undefined: no icon. */
  readonly state: StateName | undefined;
  /** The node that the page is about. */
  readonly isMarked?: boolean;
}

const nodeWidth = 140;
const nodeHeight = 44;
const columnGap = 18;
const rowGap = 14;
const margin = 2;

/** Characters that fit on a node's two lines. */
const labelLength = 21;
const noteLength = 20;

/** A graph from left to right as SVG: each node is a link, with its state as icon and in words. */
export function graphPicture(
  nodes: readonly PictureNode[],
  edges: readonly GraphEdge[],
  title: string,
): Element {
  const layout = layOutGraph(nodes, edges);
  const step = nodeHeight + rowGap;
  const width = layout.columns * (nodeWidth + columnGap) - columnGap + 2 * margin;
  const height = layout.rows * step - rowGap + 2 * margin;
  const counts = new Map<number, number>();
  for (const { column } of layout.nodes) counts.set(column, (counts.get(column) ?? 0) + 1);
  const places = new Map(
    layout.nodes.map(({ node, column, row }) => {
      const slack = ((layout.rows - (counts.get(column) ?? 0)) * step) / 2;
      return [
        node.id,
        { x: margin + column * (nodeWidth + columnGap), y: margin + slack + row * step },
      ];
    }),
  );
  const arrows = layout.edges.flatMap(({ from, to }) => {
    const [start, end] = [places.get(from), places.get(to)];
    if (start === undefined || end === undefined) return [];
    const [x1, y1] = [start.x + nodeWidth, start.y + nodeHeight / 2];
    const [x2, y2] = [end.x, end.y + nodeHeight / 2];
    // The curve keeps to the gap before its end, so that long arrows run level beside the nodes.
    const bend = Math.min(columnGap, x2 - x1);
    return [
      s('path', {
        d: `M${x1} ${y1}L${x2 - bend} ${y1}C${x2 - bend / 2} ${y1} ${x2 - bend / 2} ${y2} ${x2} ${y2}`,
      }),
    ];
  });
  return s(
    'svg',
    {
      className: 'graph',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'group',
      ariaLabel: title,
    },
    [
      s('g', { className: 'graph-edges', ariaHidden: 'true' }, arrows),
      ...layout.nodes.map(({ node }) => nodeElement(node, places.get(node.id) ?? { x: 0, y: 0 })),
    ],
  );
}

function nodeElement(node: PictureNode, { x, y }: { x: number; y: number }): Element {
  const { label, note, title, href, state, isMarked = false } = node;
  const shapes: ElementContent[] = [
    s('title', [title]),
    s('rect', { width: nodeWidth, height: nodeHeight, rx: 4 }),
    s('text', { className: 'graph-label', x: 8, y: 18 }, cut(label, labelLength)),
    s('text', { className: 'graph-note', x: 8, y: 34 }, cut(note, noteLength)),
    ...(state === undefined
      ? []
      : [
          s('path', {
            className: ['state-icon', `state-${state}`],
            d: stateShape(state),
            transform: `translate(${nodeWidth - 21} 23)`,
          }),
        ]),
  ];
  const className = isMarked ? ['graph-node', 'graph-marked'] : ['graph-node'];
  const transform = `translate(${x} ${y})`;
  return href === undefined
    ? s('g', { className, transform }, shapes)
    : s('a', { className, transform, href }, shapes);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
