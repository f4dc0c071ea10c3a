// A dependency graph drawn as SVG.

import type { Element, ElementContent } from 'hast';
import { s } from 'hastscript';
import { stateShape, type StateName } from '../../parts/state.js';
import { layOutGraph, type GraphEdge, type GraphNode, type GraphSlot } from './graph-layout.js';

/** A node with its labels. */
export interface PictureNode extends GraphNode {
  readonly label: string;
  /** A second line, like `gold · 12 rows`. */
  readonly note: string;
  /** The complete description, for the tooltip and screen readers. */
  readonly title: string;
  readonly href: string | undefined;
  /** Undefined: no icon. */
  readonly state: StateName | undefined;
  /** The node that the page is about. */
  readonly isMarked?: boolean;
}

const nodeWidth = 150;
const nodeHeight = 44;
const columnGap = 18;
const rowGap = 14;
const margin = 2;
/** The height of a passage for edges. */
const passageHeight = 2;
const passageGap = 6;

/** Pictures between these widths are scaled to fit the page; smaller ones keep their size, wider ones scroll. */
const fitted = [1024, 1500] as const;

/** Characters that fit on each of a node's two lines. */
const labelLength = 21;
const noteLength = 20;

/** A graph from left to right as SVG: each node is a link, with its state as icon and in words. */
export function graphPicture(
  nodes: readonly PictureNode[],
  edges: readonly GraphEdge[],
  title: string,
): Element {
  const layout = layOutGraph(nodes, edges);
  const heightOf = (slots: readonly GraphSlot<PictureNode>[]) =>
    slots.reduce((sum, slot, index) => sum + gapBefore(slots, index) + slotHeight(slot), 0);
  const tallest = Math.max(0, ...layout.columns.map(heightOf));
  const width = layout.columns.length * (nodeWidth + columnGap) - columnGap + 2 * margin;
  const height = tallest + 2 * margin;
  const places = new Map<
    string,
    { readonly x: number; readonly y: number; readonly middle: number }
  >();
  for (const [column, slots] of layout.columns.entries()) {
    const x = margin + column * (nodeWidth + columnGap);
    let y = margin + (tallest - heightOf(slots)) / 2;
    for (const [index, slot] of slots.entries()) {
      y += gapBefore(slots, index);
      places.set(slot.id, { x, y, middle: y + slotHeight(slot) / 2 });
      y += slotHeight(slot);
    }
  }
  const arrows = layout.edges.flatMap(({ from, to, through }) => {
    const start = places.get(from);
    if (start === undefined) return [];
    let d = `M${start.x + nodeWidth} ${start.middle}`;
    let before = start.middle;
    for (const stop of [...through, to]) {
      const place = places.get(stop);
      if (place === undefined) return [];
      // Curves bend between columns; within a column the edge is horizontal.
      const bend = place.x - columnGap / 2;
      d += `C${bend} ${before} ${bend} ${place.middle} ${place.x} ${place.middle}`;
      if (stop !== to) d += `H${place.x + nodeWidth}`;
      before = place.middle;
    }
    return [s('path', { d })];
  });
  return s(
    'svg',
    {
      className: width > fitted[0] && width < fitted[1] ? ['graph', 'graph-fitted'] : ['graph'],
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

/** The space above a slot: passages stand close to each other. */
function gapBefore(slots: readonly GraphSlot<PictureNode>[], index: number): number {
  if (index === 0) return 0;
  const isPassage = [slots[index - 1], slots[index]].some((slot) => slot?.node === undefined);
  return isPassage ? passageGap : rowGap;
}

function slotHeight({ node }: GraphSlot<PictureNode>): number {
  return node === undefined ? passageHeight : nodeHeight;
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
