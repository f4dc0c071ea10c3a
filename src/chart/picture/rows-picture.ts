// Pictures of charts of rows, for the page's script: the same code as for all charts, with the kinds that rows are
// drawn as.

import type { Element } from 'hast';
import type { Figure } from '../figure/figure.js';
import { bars } from './cartesian/bars.js';
import { lines } from './cartesian/lines/lines.js';
import { drawScenes } from './drawing/draw-scenes.js';
import { readScenes } from './drawing/read-scenes.js';
import type { DrawnPanel } from './drawing/scene.js';
import { plotScenes } from './panels/plot-scenes.js';
import type { PictureSize } from './svg.js';

const overAxes = plotScenes(
  new Map([
    ['bar', bars],
    ['scatter', lines],
  ]),
);

const readers = new Map([
  ['bar', overAxes],
  ['scatter', overAxes],
]);

/**
 * Draws a chart of rows as `drawPicture` does.
 *
 * @param onPanel - Is told where each pair of axes was drawn.
 * @returns Undefined where there is nothing to draw.
 */
export function drawRowsPicture(
  figure: Figure,
  size: PictureSize,
  onPanel?: (panel: DrawnPanel) => void,
): Element | undefined {
  const scenes = readScenes(figure, readers);
  return scenes && drawScenes(scenes, figure.layout['showlegend'] !== false, size, onPanel);
}
