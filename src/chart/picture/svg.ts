// SVG elements and their serialisation.

import type { Element } from 'hast';

/** The size of a picture in its own pixels, and whether it has axes or is a thumbnail. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly hasAxes: boolean;
}

/**
 * An SVG element for hast, with hastscript's property names (`textAnchor`, `className`). Notebooks draw pictures,
 * too, and start faster without hastscript.
 */
export function svgElement(
  tagName: string,
  properties: Record<string, string | number | string[]>,
  children: string | readonly (Element | undefined)[] = [],
): Element {
  return {
    type: 'element',
    tagName,
    properties,
    children:
      typeof children === 'string'
        ? [{ type: 'text', value: children }]
        : children.filter((child) => child !== undefined),
  };
}

/** A complete picture, hidden from screen readers, which read its data as a table. */
export function pictureElement(
  size: PictureSize,
  children: readonly (Element | undefined)[],
): Element {
  return svgElement(
    'svg',
    {
      className: ['picture', ...(size.hasAxes ? [] : ['picture-small'])],
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
      ariaHidden: 'true',
      focusable: 'false',
    },
    children,
  );
}

/** Characters that XML 1.0 forbids, even escaped; lone surrogates included. */
// eslint-disable-next-line no-control-regex -- these are the ones
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // Text must not contain the end of a CDATA section.
  '>': '&gt;',
  "'": '&#39;',
};

/** An element as XML; any text in it can be parsed again. */
export function svgText({ tagName, properties, children }: Element): string {
  const attributes = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : [` ${attributeName(name)}='${escapeXml([value].flat().join(' '))}'`],
  );
  const content = children.map((child) =>
    child.type === 'element' ? svgText(child) : child.type === 'text' ? escapeXml(child.value) : '',
  );
  const start = `<${tagName}${attributes.join('')}`;
  return content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${tagName}>`;
}

function attributeName(name: string): string {
  if (name === 'className') return 'class';
  return name === 'viewBox' ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function escapeXml(text: string): string {
  return text
    .replace(unwritable, '\ufffd')
    .replace(/[&<>']/g, (character) => entities[character] ?? character);
}

/** Rounds to a tenth of a unit; infinite numbers become 0. */
export function round(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : 0;
}
