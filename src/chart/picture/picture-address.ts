// A chart's picture by itself: as a data URL, as a file.

import type { Figure } from '../figure/figure.js';
import { drawPicture } from './picture.js';
import { stylesOf } from './picture-style.js';
import { svgElement, svgText } from './svg.js';

/** The default width in pixels of the picture. */
const usualWidth = 760;

/** The white margin. */
const margin = 8;

/** The largest picture, in characters; larger ones show no more, and would bloat notebooks. */
const maxLength = 100_000;

/**
 * A chart's picture as a data URL for an `img`: it needs no script, stylesheet or network, and cannot affect the
 * page.
 *
 * @param size - In the picture's own pixels.
 * @returns Undefined for charts without a picture, or with a too large one.
 */
export function pictureAddress(
  figure: Figure,
  { width, height }: { readonly width: number; readonly height: number } = {
    width: usualWidth,
    height: figure.height,
  },
): string | undefined {
  const svg = picture(figure, { width, height });
  if (svg === undefined) return undefined;
  const address = `data:image/svg+xml,${encodeSvg(svg)}`;
  return address.length > maxLength ? undefined : address;
}

/** A chart's picture as a file of SVG; undefined for charts without a picture. */
export function pictureFile(figure: Figure): string | undefined {
  const svg = picture(
    figure,
    { width: usualWidth, height: figure.height },
    figure.alt ?? figure.title,
  );
  return svg === undefined ? undefined : `${svg}\n`;
}

/** @param title - What it shows, for those who do not see it. */
function picture(
  figure: Figure,
  { width, height }: { readonly width: number; readonly height: number },
  title?: string,
): string | undefined {
  const drawn = drawPicture(figure, { width, height, hasAxes: true });
  if (drawn === undefined) return undefined;
  return svgText({
    ...drawn,
    properties: {
      ...{ xmlns: 'http://www.w3.org/2000/svg', width, height },
      viewBox: `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`,
    },
    children: [
      ...(title === undefined ? [] : [svgElement('title', {}, title)]),
      ...stylesOf(svgText(drawn)).map((rules) => svgElement('style', {}, rules)),
      svgElement('rect', {
        ...{ x: -margin, y: -margin },
        width: '100%',
        height: '100%',
        fill: '#fff',
      }),
      ...drawn.children,
    ],
  });
}

/** Escapes only what an address or a quoted attribute forbids: base64 is longer. */
function encodeSvg(svg: string): string {
  return svg.replace(/[^ -~]+|["#%&<>\\^`{|}]/g, encodeURIComponent);
}
