// Mermaid diagrams in markdown.

import type { Element, ElementContent } from 'hast';
import { sanitize, type Schema } from 'hast-util-sanitize';
import { h } from 'hastscript';
import { joinText, type Notebook } from '../../../nbformat/notebook.js';
import { eachElement, textOf } from '../html/elements.js';
import { parseHtml } from '../html/parse-html.js';

/** Draws a mermaid diagram as SVG text; throws on what it cannot parse. */
export type DrawDiagram = (source: string) => string;

/** Longer diagrams take seconds to lay out, and are not readable. */
const maxLength = 3000;

/** The most edges: the time of the layout grows with more than their square. */
const maxEdges = 150;

/** The supported kinds of diagram; others are shown as source. */
const drawnKinds =
  /^(?:graph|flowchart|stateDiagram(?:-v2)?|sequenceDiagram|classDiagram|erDiagram)\b/;

/**
 * The drawing function for a notebook. The library is slow to load, so only notebooks with a diagram load it.
 *
 * @returns Undefined when the notebook has no diagram.
 */
export async function diagramDrawer(notebook: Notebook): Promise<DrawDiagram | undefined> {
  const hasDiagram = notebook.cells.some(
    (cell) =>
      joinText(cell.source).includes('mermaid') ||
      (cell.cell_type === 'code' && JSON.stringify(cell.outputs).includes('```mermaid')),
  );
  if (!hasDiagram) return undefined;
  const { renderMermaidSVG } = await import('beautiful-mermaid');
  return (source) => renderMermaidSVG(source);
}

const size = /^-?[\d.]+(?:px|em|%)?$/;
const paint = /^(?:none|var\(--_?[a-z-]+\)|#[\da-f]{3,8}|[a-z]{3,30})$/i;
const numbers = /^[-\d.,\sA-Za-z]*$/;
const sized = [
  ...['width', 'height', 'x', 'y', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'rx', 'ry', 'dx', 'dy'],
  ...['strokeWidth', 'fontSize', 'fontWeight', 'refX', 'refY', 'markerWidth', 'markerHeight'],
  ...['opacity', 'fillOpacity'],
];

/** Shapes and text with their colours: no styles, scripts, links, images or ids, except those of arrow heads. */
const schema: Schema = {
  tagNames: [
    ...['svg', 'g', 'defs', 'marker', 'path', 'polygon', 'polyline', 'line', 'rect', 'circle'],
    ...['ellipse', 'text', 'tspan'],
  ],
  attributes: {
    '*': [
      ...sized.map((name): [string, RegExp] => [name, size]),
      ...['fill', 'stroke'].map((name): [string, RegExp] => [name, paint]),
      ...['d', 'points', 'viewBox', 'strokeDashArray'].map((name): [string, RegExp] => [
        name,
        numbers,
      ]),
      ...['markerStart', 'markerEnd'].map((name): [string, RegExp] => [name, /^url\(#[\w-]+\)$/]),
      ['textAnchor', 'start', 'middle', 'end'],
      ['fontStyle', 'italic'],
      ['strokeLineJoin', 'round'],
      ['orient', /^(?:auto(?:-start-reverse)?|-?[\d.]+)$/],
    ],
    marker: ['id'],
  },
  strip: ['script', 'style'],
  clobber: [],
};

/**
 * Replaces fences of the language `mermaid` by their drawing, in place. A diagram that cannot be drawn stays code
 * with a note.
 *
 * @param idPrefix - The prefix of ids, unique on the page.
 */
export function drawDiagrams(
  nodes: ElementContent[],
  idPrefix: string,
  draw: DrawDiagram | undefined,
): void {
  let count = 0;
  eachElement(nodes, (node, index, siblings) => {
    const code = node.tagName === 'pre' ? node.children[0] : undefined;
    if (code?.type !== 'element' || code.tagName !== 'code') return;
    const classes = code.properties['className'];
    if (!Array.isArray(classes) || !classes.includes('language-mermaid')) return;
    const source = textOf([code]);
    const picture =
      draw === undefined ? undefined : drawOne(source, draw, `${idPrefix}d${(count += 1)}-`);
    siblings[index] = h('figure', { className: 'diagram' }, [
      picture === undefined
        ? undefined
        : h(
            'div',
            { className: 'diagram-picture', role: 'img', tabIndex: 0, ariaLabel: 'Diagram' },
            [picture],
          ),
      picture === undefined
        ? h('figcaption', 'This diagram is shown as its source: it cannot be drawn here.')
        : undefined,
      picture === undefined
        ? node
        : h('details', { className: 'diagram-source' }, [h('summary', 'Source'), node]),
    ]);
  });
}

function drawOne(source: string, draw: DrawDiagram, idPrefix: string): Element | undefined {
  const text = source.replace(/^\s*(?:%%[^\n]*\n\s*)*/, '');
  if (text.length > maxLength || !drawnKinds.test(text) || edgeBound(text) > maxEdges) {
    return undefined;
  }
  let svg: string;
  try {
    svg = draw(text);
  } catch {
    // The library throws errors of many kinds for an invalid diagram.
    return undefined;
  }
  const safe = sanitize(parseHtml(svg), schema);
  const picture = safe.type === 'root' ? safe.children.find(isElement) : undefined;
  if (picture?.tagName !== 'svg') return undefined;
  // Arrow heads are referenced by id; ids are unique to the diagram.
  eachElement([picture], ({ properties }) => {
    if (typeof properties['id'] === 'string') properties['id'] = idPrefix + properties['id'];
    for (const name of ['markerStart', 'markerEnd']) {
      const value = properties[name];
      if (typeof value === 'string') properties[name] = value.replace('url(#', `url(#${idPrefix}`);
    }
  });
  return picture;
}

/**
 * An upper bound of a diagram's edges. A statement like `A & B --> C & D` stands for each pair, so the bound is
 * reached with half of the listed nodes on either side.
 */
export function edgeBound(diagram: string): number {
  let edges = 0;
  for (const statement of diagram.split(/[\n;]/)) {
    const both = statement.split('&').length - 1;
    const arrows = statement.match(arrow)?.length ?? 0;
    if (arrows > 0) edges += Math.max(arrows, ((both + 2) / 2) ** 2 - (both === 0 ? 1 : 0));
  }
  return edges;
}

/** The middle part that arrows of all kinds of diagram have. */
const arrow = /[-=~.]{2,}|-[>)x]/g;

function isElement(node: { type: string }): node is Element {
  return node.type === 'element';
}
