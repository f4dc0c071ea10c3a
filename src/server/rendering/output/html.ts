import type { ElementContent } from 'hast';
import { highlightFences } from '../text/highlight.js';
import { resolveLinks } from '../html/links.js';
import type { ContentContext } from '../markdown/markdown.js';
import { parseHtml } from '../html/parse-html.js';
import { sanitizeTree } from '../html/sanitize.js';
import { svgsToImages } from '../html/svg-images.js';
import { formatTables } from '../html/tables.js';

/**
 * HTML of an output as safe content: parsed as a browser would, so that nothing left open reaches
 * beyond it, then reduced to what is allowed.
 *
 * @returns Undefined when nothing to see remains.
 */
export function htmlToContent(html: string, context: ContentContext): ElementContent[] | undefined {
  const tree = parseHtml(html);
  svgsToImages(tree);
  const content = sanitizeTree(tree, context.idPrefix);
  resolveLinks(content, context.notebookHref);
  highlightFences(content);
  return content.some(isVisible) ? formatTables(content) : undefined;
}

function isVisible(node: ElementContent): boolean {
  if (node.type === 'text') return node.value.trim() !== '';
  if (node.type !== 'element') return false;
  return ['img', 'hr'].includes(node.tagName) || node.children.some(isVisible);
}
