// Links and images of notebook content: which are kept, and where they lead.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { eachElement } from './elements.js';

/** The address of the page of `NAME.ipynb`; undefined when there is none. */
export type NotebookHref = (slug: string) => string | undefined;

const imageStart = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,/;

/**
 * Makes the links and images of sanitised content fit for a page, in place:
 *
 * - `http`, `https` and `mailto` links stay and tell the other side nothing (`rel`);
 * - links to another notebook's file lead to its page;
 * - all other links lose their address, so that nothing is resolved against the server;
 * - images are shown when their bytes are in the notebook. Remote ones would tell their server who
 *   reads the page, and files are never read: both become their alternative text, linked if remote.
 *
 * Links within the notebook (`#…`) are left to {@link file://./anchors.ts}.
 */
export function resolveLinks(nodes: ElementContent[], notebookHref: NotebookHref): void {
  eachElement(nodes, (node, index, siblings) => {
    if (node.tagName === 'a') settleLink(node, notebookHref);
    if (node.tagName !== 'img') return;
    const { src } = node.properties;
    const source = typeof src === 'string' ? src : '';
    const [start] = imageStart.exec(source) ?? [];
    if (start !== undefined && isBase64(source.slice(start.length))) {
      node.properties['alt'] ??= '';
      node.properties['loading'] = 'lazy';
    } else {
      siblings[index] = imageInWords(node, source);
    }
  });
}

function settleLink(node: Element, notebookHref: NotebookHref): void {
  const href = node.properties['href'];
  if (typeof href !== 'string' || href.startsWith('#')) return;
  if (/^(https?:\/\/|mailto:)/i.test(href)) {
    node.properties['rel'] = ['noopener', 'noreferrer'];
    return;
  }
  const page = siblingNotebook(href, notebookHref);
  if (page === undefined) delete node.properties['href'];
  else node.properties['href'] = page;
}

/**
 * The page that a link like `other.ipynb`, `../../render/other.ipynb#part` or `../../folder/other.ipynb` leads to.
 * The file's name decides, because each published notebook has one page, whatever its folder.
 */
function siblingNotebook(href: string, notebookHref: NotebookHref): string | undefined {
  const match = /^(?:[^/\\?#:]+\/)*([^/\\?#]+)\.ipynb(#.*)?$/.exec(href);
  if (match?.[1] === undefined) return undefined;
  let slug: string;
  try {
    slug = decodeURIComponent(match[1]);
  } catch {
    return undefined;
  }
  const page = notebookHref(slug);
  return page === undefined ? undefined : page + (match[2] ?? '');
}

function imageInWords(node: Element, source: string): Element {
  const { alt: given } = node.properties;
  const alt = typeof given === 'string' ? given.trim() : '';
  const isRemote = /^https?:\/\//i.test(source);
  const words = `Image: ${alt === '' ? 'no description' : alt}`;
  return isRemote
    ? h('a', { href: source, rel: ['noopener', 'noreferrer'] }, words)
    : h('span', { className: 'missing-image' }, words);
}

/**
 * Whether a text is base64 (RFC 4648, section 4), possibly wrapped. It is searched for characters that are not
 * allowed: an expression for the whole text keeps a backtracking entry for each character, and an image of some
 * megabytes overflows the stack.
 */
export function isBase64(text: string): boolean {
  const digits = text.replace(/={1,2}\s*$/, '');
  return digits !== '' && !/[^A-Za-z0-9+/\s]/.test(digits);
}
