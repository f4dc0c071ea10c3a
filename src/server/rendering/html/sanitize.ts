// Sanitising of notebook HTML: the list of allowed elements and attributes.

import type { Element, ElementContent, Root, RootContent } from 'hast';
import { sanitize, type Schema } from 'hast-util-sanitize';
import { eachElement } from './elements.js';

/** The deepest nesting on a page; deeper elements become their text. */
const maxDepth = 100;

/** Class names of content that the stylesheet knows; those of the page's own parts are excluded. */
const contentClass: [string, RegExp] = ['className', /^daybook-[a-z-]+$/];

/**
 * The allowlist of content: other elements are replaced by their text, other attributes are removed. No scripts,
 * styles, forms, frames, `data-*` or event handlers. Ids get a prefix, so that none can imitate an id of the page
 * or shadow a name that a script reads.
 */
export const schema = {
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
    // The heading that mdast-util-to-hast adds above footnotes.
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
} satisfies Schema;

const allowed = new Set(schema.tagNames);
const stripped = new Set(schema.strip);
const ancestors = new Map<string, readonly string[]>(Object.entries(schema.ancestors));

/**
 * Sanitises a tree. Links and images still need `resolveLinks`, because their targets depend on the page.
 *
 * @param tree - A parsed tree of unknown origin; it is modified.
 * @param idPrefix - The prefix of ids, unique on the page, like `c3-`.
 */
export function sanitizeTree(tree: Root, idPrefix: string): ElementContent[] {
  boundTree(tree, []);
  const safe = sanitize(tree, { ...schema, clobberPrefix: idPrefix }) as Root;
  const content = safe.children as ElementContent[];
  eachElement(content, ({ properties }) => {
    const { className } = properties;
    if (Array.isArray(className) && className.length === 0) delete properties['className'];
  });
  return content;
}

/**
 * Limits depth and width for hast-util-sanitize, which is recursive, and passes the children of a removed element
 * as the arguments of one call.
 */
function boundTree(parent: Root | Element, around: string[]): void {
  if (around.length >= maxDepth) {
    parent.children = [{ type: 'text', value: flatText(parent.children) }];
    return;
  }
  let hasDropped = false;
  for (const child of parent.children) {
    if (child.type !== 'element') continue;
    hasDropped ||= leavesChildren(child, around);
    around.push(child.tagName);
    boundTree(child, around);
    around.pop();
  }
  if (!hasDropped) return;
  const children = parent.children as ElementContent[];
  parent.children = children.flatMap((child) =>
    child.type === 'element' && leavesChildren(child, around) ? child.children : child,
  );
}

/** Whether an element is removed and its children are kept. */
function leavesChildren({ tagName }: Element, around: readonly string[]): boolean {
  if (allowed.has(tagName)) {
    return ancestors.get(tagName)?.some((name) => around.includes(name)) === false;
  }
  return !stripped.has(tagName);
}

/** The text of nodes, without recursion. */
function flatText(nodes: readonly RootContent[]): string {
  const parts: string[] = [];
  const pending = nodes.toReversed();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'text') parts.push(node.value);
    if (node.type === 'element' && !['script', 'style'].includes(node.tagName)) {
      for (const child of node.children.toReversed()) pending.push(child);
    }
  }
  return parts.join('');
}
