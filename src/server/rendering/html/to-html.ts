// Serialisation of element trees as HTML.

import type { Element, Nodes, Properties } from 'hast';
import { find, html, svg, type Info, type Schema } from 'property-information';
import type { FinishedHtml } from './finished-node.js';

/** HTML elements without an end tag (void elements). */
const voidElements = new Set([
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source'],
  ...['track', 'wbr'],
]);

/** SVG elements whose content is HTML. */
const integrationPoints = new Set(['desc', 'foreignObject', 'title']);

/** Elements whose text is not escaped: their content is the page's own, or escaped by its own rules. */
const rawTextElements = new Set(['script', 'style']);

/**
 * Serialises a tree so that a browser parses the same tree again: doctype, elements and escaped text only. The
 * output equals that of `hast-util-to-html` in two thirds of its time (docs/decisions.md); the tests compare them.
 */
export function toHtml(tree: Nodes): string {
  return nodeHtml(tree, html);
}

function nodeHtml(node: Nodes, space: Schema): string {
  switch (node.type) {
    case 'text':
      return escapeText(node.value);
    case 'element':
      return elementHtml(node, space);
    case 'root':
      return childrenHtml(node.children, space);
    case 'finished':
      return finishedHtml(node);
    case 'doctype':
      return '<!doctype html>';
    default:
      return '';
  }
}

/** Serialised HTML with the addresses of its links. */
function finishedHtml({ html: parts, links }: FinishedHtml): string {
  let written = parts[0] ?? '';
  for (const [index, link] of links.entries()) {
    if (link !== undefined) written += ` href="${escapeValue(link)}"`;
    written += parts[index + 1] ?? '';
  }
  return written;
}

function childrenHtml(children: readonly Nodes[], space: Schema): string {
  let written = '';
  for (const child of children) written += nodeHtml(child, space);
  return written;
}

function elementHtml({ tagName, properties, children }: Element, around: Schema): string {
  const own = around === html && tagName === 'svg' ? svg : around;
  const start = `<${tagName}${attributesHtml(properties, own)}>`;
  if (rawTextElements.has(tagName)) {
    const text = children.map((child) => (child.type === 'text' ? child.value : '')).join('');
    return `${start}${text}</${tagName}>`;
  }
  const within = own === svg && integrationPoints.has(tagName) ? html : own;
  const content = childrenHtml(children, within);
  if (content === '' && around === html && voidElements.has(tagName)) return start;
  return `${start}${content}</${tagName}>`;
}

function attributesHtml(properties: Properties, space: Schema): string {
  let written = '';
  for (const name in properties) {
    const value = properties[name];
    if (value !== null && value !== undefined) written += attributeHtml(name, value, space);
  }
  return written;
}

function attributeHtml(
  name: string,
  given: NonNullable<Properties[string]>,
  space: Schema,
): string {
  const { attribute, boolean, overloadedBoolean, commaSeparated } = infoOf(name, space);
  let value = given;
  if (overloadedBoolean && (value === attribute || value === '')) value = true;
  else if (
    (boolean || overloadedBoolean) &&
    (typeof value !== 'string' || value === attribute || value === '')
  ) {
    value = Boolean(value);
  }
  if (value === false || Number.isNaN(value)) return '';
  if (value === true) return ` ${attribute}`;
  const text = Array.isArray(value)
    ? value.join(commaSeparated ? ', ' : ' ').trim()
    : String(value);
  return ` ${attribute}="${escapeValue(text)}"`;
}

/** The cache of property information; its size is bounded by the allowlists. */
const known = new Map<Schema, Map<string, Info>>([
  [html, new Map()],
  [svg, new Map()],
]);

function infoOf(name: string, space: Schema): Info {
  const infos = known.get(space);
  let info = infos?.get(name);
  if (info === undefined) {
    info = find(space, name);
    if (/[^\w:.-]/.test(info.attribute)) throw new RangeError(`${name} is no attribute's name`);
    infos?.set(name, info);
  }
  return info;
}

function escapeText(text: string): string {
  return text.includes('<') || text.includes('&') ? text.replace(/[<&]/g, reference) : text;
}

function escapeValue(value: string): string {
  // eslint-disable-next-line no-control-regex -- browsers take a null for another character
  return value.replace(/["&'`\u0000]/g, reference);
}

function reference(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}

/** JSON for a script element: it can neither end the element nor begin a comment. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/>/g, '\\u003e')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}
