// Rendering of TeX formulas as MathML.

import type { Element, ElementContent } from 'hast';
import { sanitize, type Schema } from 'hast-util-sanitize';
import { h } from 'hastscript';
import katex from 'katex';
import { eachElement, textOf } from '../html/elements.js';
import { parseHtml } from '../html/parse-html.js';

/** The longest formula that is rendered; longer ones are shown as source. */
const maxLength = 5000;

const presentation = [
  ...['math', 'semantics', 'annotation', 'mrow', 'mi', 'mo', 'mn', 'ms', 'mtext', 'mspace'],
  ...['mfrac', 'msqrt', 'mroot', 'msub', 'msup', 'msubsup', 'munder', 'mover', 'munderover'],
  ...['mtable', 'mtr', 'mtd', 'mstyle', 'mpadded', 'mphantom', 'menclose'],
];
const length = /^-?[\d.]+(?:em|ex|pt|px|%)?$/;
const color = /^(?:#[\da-f]{3,8}|[a-z]{3,30})$/i;

/** The allowlist: presentation MathML without styles, links, images and scripts. */
const schema: Schema = {
  tagNames: presentation,
  attributes: {
    '*': [
      ...['accent', 'accentunder', 'columnalign', 'columnlines', 'display', 'displaystyle'],
      ...['encoding', 'fence', 'form', 'largeop', 'linethickness', 'mathvariant', 'maxsize'],
      ...['minsize', 'movablelimits', 'notation', 'rowlines', 'scriptlevel', 'separator'],
      ...['stretchy', 'symmetric', 'columnspacing', 'rowspacing', 'xmlns'],
      ...['depth', 'height', 'lspace', 'rspace', 'voffset', 'width'].map(
        (name): [string, RegExp] => [name, length],
      ),
      ...['mathbackground', 'mathcolor'].map((name): [string, RegExp] => [name, color]),
    ],
  },
  strip: ['script', 'style'],
};

/**
 * A TeX formula as MathML, which browsers and screen readers support without script, fonts or styles of ours.
 * KaTeX runs without trust, so a formula cannot link or load anything; sizes and macros are bounded, and the
 * result is sanitised.
 *
 * @returns The source as code, with the reason as its title, when KaTeX cannot parse it.
 */
export function mathElement(source: string, isDisplay: boolean): Element {
  const tex = source.trim();
  try {
    if (tex.length > maxLength) throw new RangeError('the formula is too long');
    const html = katex.renderToString(tex, {
      displayMode: isDisplay,
      output: 'mathml',
      throwOnError: true,
      strict: 'ignore',
      trust: false,
      maxExpand: 200,
      maxSize: 20,
    });
    const safe = sanitize(parseHtml(html), schema);
    const math = 'children' in safe ? safe.children[0] : undefined;
    if (math?.type !== 'element' || math.tagName !== 'math') throw new RangeError('it is empty');
    return math;
  } catch (error) {
    if (!(error instanceof katex.ParseError || error instanceof RangeError)) throw error;
    return h('code', { className: 'math-error', title: error.message.slice(0, 200) }, tex);
  }
}

/** Renders the formulas of sanitised content, in place. */
export function renderFormulas(nodes: ElementContent[]): void {
  eachElement(nodes, (node, index, siblings) => {
    const code = node.tagName === 'pre' ? node.children[0] : node;
    if (code?.type !== 'element' || code.tagName !== 'code') return;
    const classes = code.properties['className'];
    if (!Array.isArray(classes) || !classes.includes('language-math')) return;
    const isDisplay = node !== code || classes.includes('math-display');
    const text = textOf([code]);
    siblings[index] = isDisplay ? formula(text) : mathElement(text, false);
  });
}

/** A formula of an output, with the delimiters of TeX or notebooks. */
export function latexElement(latex: string): Element {
  const [, dollars = '', text = ''] =
    /^\s*(\$\$?|\\\(|\\\[)([\s\S]*?)(?:\$\$?|\\\)|\\\])\s*$/.exec(latex) ?? [];
  if (dollars === '') return formula(latex);
  return dollars === '$' || dollars === '\\(' ? h('p', [mathElement(text, false)]) : formula(text);
}

/** A display formula, which scrolls when it is wider than the page. */
function formula(text: string): Element {
  return h('div', { className: 'formula', tabIndex: 0, role: 'group', ariaLabel: 'Formula' }, [
    mathElement(text, true),
  ]);
}
