// Anchors of headings, the table of contents, and links within a notebook.

import { slug } from 'github-slugger';
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { eachElement, textOf } from '../html/elements.js';

/** The longest id of a heading, in characters. */
const maxSlug = 80;

/** An entry of the table of contents. */
export interface ContentsEntry {
  readonly id: string;
  readonly text: string;
  /** The heading's level: 2 or 3. */
  readonly level: number;
}

/**
 * Gives each heading of the prose an id and a link to itself, in place, and resolves links within the notebook in
 * Jupyter's and in GitHub's spelling: `#Churn-by-month` and `#churn-by-month`.
 *
 * @param pieces - The page's pieces of content in order, each with the prefix of its ids.
 * @returns The table of contents: headings of the second and third level.
 */
export function anchorHeadings(
  pieces: readonly { readonly nodes: ElementContent[]; readonly idPrefix: string }[],
): ContentsEntry[] {
  const ids = new Set<string>();
  const copies = new Map<string, number>();
  const anchors = new Map<string, string>();
  const contents: ContentsEntry[] = [];
  const links: { link: Element; idPrefix: string }[] = [];
  for (const { nodes, idPrefix } of pieces) {
    eachElement(nodes, (node) => {
      if (typeof node.properties['id'] === 'string') {
        ids.add(node.properties['id']);
        // Ids of content are link targets, too.
        anchors.set(node.properties['id'].slice(idPrefix.length), node.properties['id']);
      }
      if (node.tagName === 'a') links.push({ link: node, idPrefix });
      const level = headingLevel(node);
      if (level === undefined || isFootnoteLabel(node)) return;
      const text = textOf(node.children).trim();
      if (text === '') return;
      const id = uniqueId(`s-${slugOf(text)}`, ids, copies);
      node.properties['id'] = id;
      anchors.set(slugOf(text), anchors.get(slugOf(text)) ?? id);
      if (level > 1 && level < 4) contents.push({ id, text, level });
      node.children.push(
        h('a', { className: 'anchor', href: `#${id}`, ariaLabel: `Link to “${text}”` }, '#'),
      );
    });
  }
  for (const { link, idPrefix } of links) settleFragment(link, idPrefix, ids, anchors);
  return contents;
}

/** The level of a heading; undefined for other elements. */
export function headingLevel(node: Element): number | undefined {
  const match = /^h([1-6])$/.exec(node.tagName);
  return match === null ? undefined : Number(match[1]);
}

/** The heading that mdast-util-to-hast adds above footnotes, for screen readers only. */
function isFootnoteLabel(node: Element): boolean {
  const classes = node.properties['className'];
  return Array.isArray(classes) && classes.includes('sr-only');
}

function settleFragment(
  link: Element,
  idPrefix: string,
  ids: ReadonlySet<string>,
  anchors: ReadonlyMap<string, string>,
): void {
  const href = link.properties['href'];
  if (typeof href !== 'string' || !href.startsWith('#') || ids.has(href.slice(1))) return;
  const name = decodeFragment(href.slice(1));
  const own = `${idPrefix}${name}`;
  const id = ids.has(own) ? own : (anchors.get(name) ?? anchors.get(slugOf(name)));
  if (id === undefined) delete link.properties['href'];
  else link.properties['href'] = `#${id}`;
}

function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** GitHub's id of a heading, so that links written for GitHub work. */
function slugOf(text: string): string {
  return slug(text.trim().replace(/\s/g, ' ')).slice(0, maxSlug);
}

/** @param copies - The number of ids made from each base, so that the next is found at once. */
function uniqueId(base: string, taken: Set<string>, copies: Map<string, number>): string {
  let copy = copies.get(base) ?? 0;
  let id = copy === 0 ? base : `${base}-${copy}`;
  for (; taken.has(id); id = `${base}-${copy}`) copy += 1;
  taken.add(id);
  copies.set(base, copy + 1);
  return id;
}
