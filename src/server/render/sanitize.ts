import type { ElementContent, Root, RootContent } from 'hast';
import { sanitize, type Schema } from 'hast-util-sanitize';
import { eachElement } from './each-element.js';

/** Elements nest no deeper than this on a page; what is deeper is kept as its text. */
const maxDepth = 100;

/** Words with a meaning for the look of the content; classes of the page's own parts are not among them. */
const contentClass: [string, RegExp] = ['className', /^daybook-[a-z-]+$/];

/**
 * What content may consist of. A list of what is allowed, never of what is not: elements without it
 * leave their text, attributes without it are gone. No scripts, styles, forms, frames, `data-*`, event
 * handlers; ids get a prefix of their piece, so that none can pose as the page's own or shadow a name
 * that a script reads.
 */
const schema: Schema = {
  allowComments: false,
  allowDoctypes: false,
  tagNames: [
    ...['a', 'abbr', 'b', 'bdi', 'bdo', 'blockquote', 'br', 'caption', 'cite', 'code', 'col'],
    ...['colgroup', 'data', 'dd', 'del', 'details', 'dfn', 'div', 'dl', 'dt', 'em', 'figcaption'],
    ...[
      'figure',
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'hr',
      'i',
      'img',
      'input',
      'ins',
      'kbd',
      'li',
    ],
    ...['mark', 'ol', 'p', 'pre', 'q', 'rp', 'rt', 'ruby', 's', 'samp', 'section', 'small', 'span'],
    ...[
      'strike',
      'strong',
      'sub',
      'summary',
      'sup',
      'table',
      'tbody',
      'td',
      'tfoot',
      'th',
      'thead',
    ],
    ...['time', 'tr', 'tt', 'u', 'ul', 'var', 'wbr'],
  ],
  attributes: {
    '*': ['dir', 'id', 'lang', 'title'],
    a: ['ariaDescribedBy', 'ariaLabel', 'href', ['className', 'data-footnote-backref']],
    code: [['className', /^language-\S+$/, 'math-display', 'math-inline']],
    del: ['dateTime'],
    details: ['open'],
    div: [contentClass],
    figure: [contentClass],
    // The heading that mdast-util-to-hast puts above footnotes.
    h2: [['className', 'sr-only']],
    img: ['alt', ['height', /^\d{1,4}$/], 'src', ['width', /^\d{1,4}$/]],
    input: ['checked', ['disabled', true], ['type', 'checkbox']],
    ins: ['dateTime'],
    li: [['className', 'task-list-item'], 'value'],
    ol: [['className', 'contains-task-list'], 'reversed', 'start', 'type'],
    p: [contentClass],
    section: [['className', 'footnotes']],
    span: [contentClass],
    table: [contentClass],
    td: [
      ['align', 'left', 'center', 'right'],
      ['className', 'null', 'number'],
      'colSpan',
      'rowSpan',
    ],
    th: [
      ['align', 'left', 'center', 'right'],
      ['className', 'number'],
      'colSpan',
      'rowSpan',
      ['scope', 'col', 'colgroup', 'row', 'rowgroup'],
    ],
    time: ['dateTime'],
    ul: [['className', 'contains-task-list']],
  },
  ancestors: {
    caption: ['table'],
    col: ['table'],
    colgroup: ['table'],
    tbody: ['table'],
    td: ['table'],
    tfoot: ['table'],
    th: ['table'],
    thead: ['table'],
    tr: ['table'],
    li: ['ol', 'ul'],
    dd: ['dl'],
    dt: ['dl'],
    summary: ['details'],
  },
  protocols: { href: ['http', 'https', 'mailto'], src: ['data', 'http', 'https'] },
  required: { input: { type: 'checkbox', disabled: true } },
  clobber: ['ariaDescribedBy', 'id'],
  strip: [
    ...['applet', 'audio', 'canvas', 'embed', 'frame', 'frameset', 'head', 'iframe', 'math'],
    ...[
      'noembed',
      'noframes',
      'noscript',
      'object',
      'plaintext',
      'script',
      'select',
      'style',
      'svg',
    ],
    ...['template', 'textarea', 'title', 'video', 'xmp'],
  ],
};

/**
 * The part of a tree that content may put on a page. Images and links still need `settleLinks`: what
 * they may lead to depends on the page.
 *
 * @param tree - A parsed tree of unknown origin.
 * @param idPrefix - Unique on the page for this piece, like `c3-`.
 */
export function sanitizeTree(tree: Root, idPrefix: string): ElementContent[] {
  const safe = sanitize(limitDepth(tree), { ...schema, clobberPrefix: idPrefix });
  const children: RootContent[] = safe.type === 'root' ? safe.children : [safe];
  const content = children.filter((child) => child.type !== 'doctype');
  eachElement(content, ({ properties }) => {
    // Of several classes that were all dropped, an empty list is left.
    if (Array.isArray(properties['className']) && properties['className'].length === 0) {
      delete properties['className'];
    }
  });
  return content;
}

/** Replaces what is nested too deeply by its text: each later step walks the tree recursively. */
function limitDepth(tree: Root): Root {
  const pending: { node: Root | ElementContent; depth: number }[] = [{ node: tree, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, depth } = next;
    if (!('children' in node)) continue;
    if (depth >= maxDepth) {
      node.children = [{ type: 'text', value: flatText(node.children as ElementContent[]) }];
      continue;
    }
    for (const child of node.children) {
      if (child.type !== 'doctype') pending.push({ node: child, depth: depth + 1 });
    }
  }
  return tree;
}

/** The text of nodes however deep, without recursion. */
function flatText(nodes: readonly ElementContent[]): string {
  const parts: string[] = [];
  const pending = [...nodes].reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'text') parts.push(node.value);
    if (node.type === 'element' && !['script', 'style'].includes(node.tagName)) {
      for (const child of node.children.toReversed()) pending.push(child);
    }
  }
  return parts.join('');
}
