// A chart's picture by itself: as a data URL, as a file.

import type { Figure } from '../figure/figure.js';
import { drawPicture } from './picture.js';
import { svgElement, svgText } from './svg.js';

/** The default width in pixels of the picture. */
const usualWidth = 760;

/** The white margin. */
const margin = 8;

/** The largest picture, in characters; larger ones show no more, and would bloat notebooks. */
const maxLength = 100_000;

/**
 * The stylesheet's rules for pictures, on white: a picture in a notebook cannot know whether its page is light or
 * dark.
 */
export const pictureStyle = [
  'text{font:12px system-ui,sans-serif;fill:#5a5e66}',
  '.legend{fill:#1b1d21}',
  '.grid{stroke:#e3e1db}.zero{stroke:#b9b6ae}',
  '.bar,.swatch,.point{fill:currentcolor}',
  '.line{fill:none;stroke:currentcolor;stroke-width:2;stroke-linejoin:round}',
  '.dots{fill:none;stroke:currentcolor;stroke-width:6;stroke-linecap:round}',
  '.dashed{stroke-dasharray:6 4}',
  '.area{fill:currentcolor;opacity:.15}',
  '.slice{fill:currentcolor;stroke:#fff;stroke-width:2}',
  '.open{fill:#fff;stroke:currentcolor}.bar.open{stroke-dasharray:3 2}',
  ...['#1f5a96', '#d07b00', '#10867a', '#5f2455', '#8d6000', '#4a99c1', '#811f05', '#8262dc'].map(
    (color, index) => `.series-${index + 1}{color:${color}}`,
  ),
].join('');

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
      svgElement('style', {}, pictureStyle),
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
