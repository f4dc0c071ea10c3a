import type { ElementContent } from 'hast';
import { common, createLowlight } from 'lowlight';
import { eachElement } from '../html/elements.js';

const lowlight = createLowlight(common);

/** Longer code is shown plain: colours would cost more time than they are worth. */
const maxHighlighted = 64_000;

/** Colours within colours, as of templates in templates; more mean nothing to a reader. */
const maxDepth = 50;

/**
 * A line, or a run of blanks, so long that no code for readers has it. From many places in one the
 * highlighter looks ahead to its end, in time that grows with its square; such code is shown plain.
 */
const endless = /[^\n]{2000}|\s{500}/;

/** What notebooks and fences call languages that the highlighter knows by another name. */
const aliases: Readonly<Record<string, string>> = { ipython3: 'python', tslab: 'typescript' };

/**
 * Code as text with spans of colour, each with a class like `hljs-keyword`.
 *
 * @param language - As a fence or `metadata.language_info.name` has it; unknown ones stay plain.
 */
export function highlightCode(code: string, language: string | undefined): ElementContent[] {
  const lower = language?.toLowerCase() ?? '';
  const name = aliases[lower] ?? lower;
  if (code.length > maxHighlighted || endless.test(code) || !lowlight.registered(name)) {
    return [{ type: 'text', value: code }];
  }
  const colored = lowlight.highlight(name, code).children as ElementContent[];
  return isDeep(colored, maxDepth) ? [{ type: 'text', value: code }] : colored;
}

/** Whether elements are within each other more than so often. */
function isDeep(nodes: readonly ElementContent[], most: number): boolean {
  return nodes.some(
    (node) => node.type === 'element' && (most === 0 || isDeep(node.children, most - 1)),
  );
}

/** Colours the fenced code of sanitised content, in place. */
export function highlightFences(nodes: ElementContent[]): void {
  eachElement(nodes, (node) => {
    if (node.tagName !== 'pre') return;
    // A scrolled block is reached by the keyboard only when it can have the focus.
    node.properties['tabIndex'] = 0;
    const code = node.children[0];
    if (code?.type !== 'element' || code.tagName !== 'code') return;
    const text = code.children[0];
    if (text?.type !== 'text' || code.children.length > 1) return;
    const classes = Array.isArray(code.properties['className']) ? code.properties['className'] : [];
    const language = classes.map(String).find((name) => name.startsWith('language-'));
    code.children = highlightCode(text.value, language?.slice('language-'.length));
  });
}
