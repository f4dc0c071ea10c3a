import type { Element } from 'hast';
import type { Figure } from '../figure/figure.js';
import { drawPicture } from './picture.js';
import { svgElement, svgText } from './svg.js';

/** In the picture's own pixels. */
const usualWidth = 760;

/** White around it. */
const margin = 8;

/** Characters; a larger picture says no more, and would weigh on every notebook that holds it. */
const maxLength = 100_000;

/**
 * What the dashboard's stylesheet says of its pictures, for white paper: the page around a picture in a
 * notebook may be light or dark, and does not tell.
 */
const style = [
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
 * A chart's picture as the address of an `img`: it needs no script, no stylesheet and no network, and
 * what stands in it can do nothing to the page.
 *
 * @param size - In the picture's own pixels.
 * @returns Undefined for charts that have no picture, or too large a one.
 */
export function pictureAddress(
  figure: Figure,
  { width, height }: { readonly width: number; readonly height: number } = {
    width: usualWidth,
    height: figure.height,
  },
): string | undefined {
  const picture = drawPicture(figure, { width, height, hasAxes: true });
  if (picture === undefined) return undefined;
  const svg: Element = {
    ...picture,
    properties: {
      ...{ xmlns: 'http://www.w3.org/2000/svg', width, height },
      viewBox: `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`,
    },
    children: [
      svgElement('style', {}, style),
      svgElement('rect', {
        ...{ x: -margin, y: -margin },
        width: '100%',
        height: '100%',
        fill: '#fff',
      }),
      ...picture.children,
    ],
  };
  const address = `data:image/svg+xml,${encodeSvg(svgText(svg))}`;
  return address.length > maxLength ? undefined : address;
}

/** Only what may stand in neither an address nor a quoted attribute is escaped: base64 is longer. */
function encodeSvg(svg: string): string {
  return svg.replace(/[^ -~]+|["#%&<>\\^`{|}]/g, encodeURIComponent);
}
