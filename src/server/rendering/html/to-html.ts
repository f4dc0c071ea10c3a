import type { Element, Nodes, Properties } from 'hast';
import { find, html, svg, type Info, type Schema } from 'property-information';
import type { FinishedHtml } from './finished-node.js';

/** Elements of HTML that have no end tag. */
const voidElements = new Set([
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source'],
  ...['track', 'wbr'],
]);

/** Elements of SVG whose content is HTML again. */
const integrationPoints = new Set(['desc', 'foreignObject', 'title']);

/** Elements whose text is no markup; what stands in them is the page's own, or escaped by its own rules. */
const rawTextElements = new Set(['script', 'style']);

/**
 * A tree as HTML, which a browser reads as this same tree: only a doctype, elements and texts are
 * written, each text and value escaped here. It writes what `hast-util-to-html` writes in two thirds of
 * the time (docs/decisions.md); the tests compare them.
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

/** What was written before, with the addresses of its links. */
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

/** What is known of the properties that occur, of which there are as many as lists allow. */
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

/** JSON that cannot end the script element that it stands in, nor begin a comment in it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/>/g, '\\u003e')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}
