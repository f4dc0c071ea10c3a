// SVG in notebook content.

import type { Element, ElementContent, Root, RootContent } from 'hast';
import { h } from 'hastscript';
import { textOf } from './elements.js';
import { toHtml } from './to-html.js';

/**
 * Replaces each SVG of a tree, in place, by an `img`, which runs no script, loads nothing and cannot reach the
 * page. An SVG that is not serialisable as XML becomes a note, a hidden one is removed.
 */
export function svgsToImages(tree: Root): void {
  const pending: RootContent[][] = [tree.children];
  for (let nodes = pending.pop(); nodes !== undefined; nodes = pending.pop()) {
    for (const [index, node] of nodes.entries()) {
      if (node.type !== 'element') continue;
      if (node.tagName === 'svg') nodes[index] = pictureOf(node);
      else if (node.children.length > 0) pending.push(node.children);
    }
  }
}

function pictureOf(svg: Element): ElementContent {
  const { style, hidden, width, height } = svg.properties;
  const isHidden = hidden !== undefined || /display:\s*none/.test(String(style));
  if (isHidden || width === '0' || height === '0') return { type: 'text', value: '' };
  const properties = {
    ...svg.properties,
    xmlns: 'http://www.w3.org/2000/svg',
    xmlnsXLink: 'http://www.w3.org/1999/xlink',
  };
  let text: string;
  try {
    text = toHtml({ ...svg, properties });
  } catch (error) {
    // An attribute name that XML forbids, or endless depth.
    if (!(error instanceof RangeError)) throw error;
    return h('p', 'A picture (SVG) is left out: it cannot be shown here.');
  }
  const title = svg.children.find(
    (child): child is Element => child.type === 'element' && child.tagName === 'title',
  );
  return h('img', {
    src: `data:image/svg+xml;base64,${Buffer.from(text).toString('base64')}`,
    alt: title === undefined ? 'Picture' : textOf(title.children).trim(),
    width: pixels(width),
    height: pixels(height),
  });
}

function pixels(value: unknown): string | undefined {
  return /^(\d{1,4})(?:\.\d+)?(?:px)?$/.exec(String(value))?.[1];
}
