import type { ElementContent, Root } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { h } from 'hastscript';
import type { Nodes, Root as MarkdownRoot } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toHast } from 'mdast-util-to-hast';
import { gfm } from 'micromark-extension-gfm';
import { visit } from 'unist-util-visit';
import { joinText, type MimeBundle, type MultilineText } from '../../../nbformat/notebook.js';
import { markAlerts } from './alerts.js';
import { drawDiagrams, type DrawDiagram } from './diagram.js';
import { eachElement } from '../html/elements.js';
import { limitAddresses, limitMarks, MarkdownBudget, isOverNested } from './markdown-limits.js';
import { highlightFences } from '../text/highlight.js';
import { resolveLinks, type NotebookHref } from '../html/links.js';
import { restoreFormulas } from './markdown-formulas.js';
import { maskFormulas } from './markdown-math.js';
import { renderFormulas } from './math.js';
import { parseHtml } from '../html/parse-html.js';
import { sanitizeTree } from '../html/sanitize.js';
import { svgsToImages } from '../html/svg-images.js';
import { formatTables } from '../html/tables.js';

/** What one piece of content needs to know of its page. */
export interface ContentContext {
  /** Unique on the page for this piece, like `c3-`: put before each id that the piece brings. */
  readonly idPrefix: string;
  /** See {@link NotebookHref}. */
  readonly notebookHref: NotebookHref;
  /** Draws diagrams; undefined: they are shown as their source. */
  readonly drawDiagram?: DrawDiagram | undefined;
  /** How much markdown the page may still hold; undefined: this piece is all of it. */
  readonly budget?: MarkdownBudget;
}

/** Larger pieces are shown as they stand: parsing takes time that grows faster than the text. */
const maxMarkdown = 256 * 1024;

/**
 * Markdown (CommonMark with GitHub's extensions, and the HTML within) as safe content.
 *
 * @param markdown - The text of a cell or an output.
 * @param attachments - Images of the cell by name, which `attachment:NAME` shows.
 */
export function markdownToContent(
  markdown: string,
  context: ContentContext,
  attachments: Readonly<Record<string, MimeBundle>> = {},
): ElementContent[] {
  const { budget = new MarkdownBudget() } = context;
  if (markdown.length > maxMarkdown || isOverNested(markdown) || !budget.affords(markdown)) {
    return asWritten(markdown);
  }
  try {
    return parsed(markdown, context, attachments);
  } catch (error) {
    // Of marks within each other beyond all use the parser has no stack left.
    if (!(error instanceof RangeError)) throw error;
    return asWritten(markdown);
  }
}

/** Markdown that is not worth its parsing. */
function asWritten(markdown: string): ElementContent[] {
  return [
    h('p', { className: 'as-written' }, 'Shown as it was written: too much markup for a page.'),
    h('pre', { className: 'plain-text', tabIndex: 0 }, markdown),
  ];
}

function parsed(
  markdown: string,
  context: ContentContext,
  attachments: Readonly<Record<string, MimeBundle>>,
): ElementContent[] {
  const masked = maskFormulas(markdown.replace(/\r\n?/g, '\n'));
  const tree = fromMarkdown(masked.text, {
    extensions: [limitAddresses(gfm()), limitMarks()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  restoreFormulas(tree, masked);
  showAttachments(tree, attachments);
  const content = sanitizeTree(parseRawHtml(tree), context.idPrefix);
  resolveLinks(content, context.notebookHref);
  markAlerts(content);
  renderFormulas(content);
  labelTasks(content);
  highlightFences(content);
  drawDiagrams(content, context.idPrefix, context.drawDiagram);
  return formatTables(content);
}

/** The boxes of task lists say in words what they show. */
function labelTasks(nodes: ElementContent[]): void {
  eachElement(nodes, ({ tagName, properties }) => {
    if (tagName !== 'input') return;
    properties['ariaLabel'] = properties['checked'] === true ? 'done' : 'to do';
  });
}

/**
 * The markdown's tree with the HTML in it parsed: as the specification has it, markdown becomes one
 * text of HTML, which is parsed as a whole.
 */
function parseRawHtml(tree: MarkdownRoot): Root {
  if (!hasHtml(tree)) return toHast(tree, { clobberPrefix: '' }) as Root;
  const unparsed = toHast(tree, { allowDangerousHtml: true, clobberPrefix: '' });
  const parsedTree = parseHtml(toHtml(unparsed, { allowDangerousHtml: true }));
  svgsToImages(parsedTree);
  return parsedTree;
}

function hasHtml(node: Nodes): boolean {
  return node.type === 'html' || ('children' in node && node.children.some(hasHtml));
}

function showAttachments(
  tree: MarkdownRoot,
  attachments: Readonly<Record<string, MimeBundle>>,
): void {
  visit(tree, ['image', 'definition'], (node) => {
    if (node.type !== 'image' && node.type !== 'definition') return;
    if (!node.url.startsWith('attachment:')) return;
    const name = decodeName(node.url.slice('attachment:'.length));
    const bundle = Object.hasOwn(attachments, name) ? attachments[name] : undefined;
    const [type, data] = Object.entries(bundle ?? {})[0] ?? [];
    // Whether this is an image is settled with all other images.
    if (type !== undefined) {
      node.url = `data:${type};base64,${joinText(data as MultilineText).replace(/\s/g, '')}`;
    }
  });
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
