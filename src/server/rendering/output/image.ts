// Image outputs: PNG, JPEG, GIF, WebP, SVG.

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Json, JsonObject } from '../../../nbformat/notebook.js';
import { isBase64 } from '../html/links.js';

/** The supported image types, best first. */
export const imageTypes = [
  'image/svg+xml',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
] as const;

/** One of {@link imageTypes}. */
export type ImageType = (typeof imageTypes)[number];

/**
 * An image output as an `img` with a data URL, so that even an SVG runs no script, loads nothing and cannot reach
 * the page. Size and description come from the output's metadata.
 *
 * @param data - Base64, or the text of an SVG.
 * @param metadata - The output's: `width`, `height`, `alt`, at the top or below the image's type.
 * @returns Undefined when the data is no image.
 */
export function imageElement(
  type: ImageType,
  data: string,
  metadata: JsonObject,
  fallbackAlt: string,
): Element | undefined {
  const base64 = type === 'image/svg+xml' ? svgBase64(data) : data.replace(/\s/g, '');
  if (base64 === undefined || !isBase64(base64)) return undefined;
  const read = (name: string): Json | undefined => {
    const own = metadata[type];
    const nested =
      typeof own === 'object' && own !== null && !Array.isArray(own) ? own[name] : null;
    return nested ?? metadata[name];
  };
  const alt = read('alt');
  return h('img', {
    src: `data:${type};base64,${base64}`,
    alt: typeof alt === 'string' && alt.trim() !== '' ? alt : fallbackAlt,
    width: pixels(read('width')),
    height: pixels(read('height')),
    loading: 'lazy',
  });
}

/**
 * An SVG given as text or, by some kernels, as base64. A missing namespace is added, without which it would not
 * show.
 */
function svgBase64(data: string): string | undefined {
  const text = data.includes('<') ? data : Buffer.from(data, 'base64').toString('utf8');
  const start = text.search(/<svg[\s>]/i);
  if (start < 0) return undefined;
  const end = text.indexOf('>', start);
  const head = end < 0 ? '' : text.slice(start, end);
  const name = start + '<svg'.length;
  const named = /\sxmlns\s{0,80}=/i.test(head)
    ? text
    : `${text.slice(0, name)} xmlns="http://www.w3.org/2000/svg"${text.slice(name)}`;
  return Buffer.from(named, 'utf8').toString('base64');
}

function pixels(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && number > 0 && number <= 10_000
    ? Math.round(number)
    : undefined;
}
