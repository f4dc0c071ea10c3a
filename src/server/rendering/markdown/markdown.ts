// Markdown as safe HTML: CommonMark, GitHub's extensions, formulas, diagrams.

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

/** The context of one piece of content. */
export interface ContentContext {
  /** The prefix of ids, unique on the page, like `c3-`. */
  readonly idPrefix: string;
  /** See {@link NotebookHref}. */
  readonly notebookHref: NotebookHref;
  /** Draws diagrams; undefined: they are shown as source. */
  readonly drawDiagram?: DrawDiagram | undefined;
  /** The page's remaining budget; undefined: no limit. */
  readonly budget?: MarkdownBudget;
}

/** The longest text that is parsed; longer ones are shown as source, because the time grows faster than the text. */
const maxMarkdown = 256 * 1024;

/**
 * Markdown (CommonMark with GitHub's extensions, and HTML) as safe content.
 *
 * @param markdown - The text of a cell or an output.
 * @param attachments - Images of the cell by name, for `attachment:NAME`.
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
    // Absurdly deep nesting of marks exhausts the parser's stack.
    if (!(error instanceof RangeError)) throw error;
    return asWritten(markdown);
  }
}

/** Markdown that is shown as source. */
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

/** Gives the checkboxes of task lists a label. */
function labelTasks(nodes: ElementContent[]): void {
  eachElement(nodes, ({ tagName, properties }) => {
    if (tagName !== 'input') return;
    properties['ariaLabel'] = properties['checked'] === true ? 'done' : 'to do';
  });
}

/**
 * The tree with embedded HTML parsed: as the specification says, markdown becomes one HTML text that is parsed as
 * a whole.
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
    // Whether the image is valid is checked with all other images.
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
