// Syntax highlighting of code in notebooks.

import type { ElementContent } from 'hast';
import { common, createLowlight } from 'lowlight';
import { eachElement } from '../html/elements.js';

const lowlight = createLowlight(common);

/** The longest code that is highlighted. */
const maxHighlighted = 64_000;

/** The deepest nesting of colours, as in templates within templates. */
const maxDepth = 50;

/**
 * A line, or a run of blanks, that is too long: the highlighter looks ahead to its end from many positions, in
 * quadratic time; such code stays plain.
 */
const endless = /[^\n]{2000}|\s{500}/;

/** Names of languages in notebooks and fences that the highlighter calls differently. */
const aliases: Readonly<Record<string, string>> = { ipython3: 'python', tslab: 'typescript' };

/**
 * Highlighted code as spans with classes like `hljs-keyword`.
 *
 * @param language - As in a fence or `metadata.language_info.name`; code of an unknown one stays plain.
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

/** Whether elements are nested deeper than a limit. */
function isDeep(nodes: readonly ElementContent[], most: number): boolean {
  return nodes.some(
    (node) => node.type === 'element' && (most === 0 || isDeep(node.children, most - 1)),
  );
}

/** Highlights the fenced code of sanitised content, in place. */
export function highlightFences(nodes: ElementContent[]): void {
  eachElement(nodes, (node) => {
    if (node.tagName !== 'pre') return;
    // A scrolling block needs the focus for the keyboard to scroll it.
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
