// Scenes as one picture, under their legend.

import type { Element } from 'hast';
import { pictureElement, round, svgElement as s, type PictureSize } from '../svg.js';
import { drawLegend, legendEntries } from './legend.js';
import type { DrawnPanel, Scene } from './scene.js';

/**
 * Draws scenes in a picture of a size.
 *
 * @param onPanel - Is told where each pair of axes was drawn.
 */
export function drawScenes(
  scenes: readonly Scene[],
  wantsLegend: boolean,
  size: PictureSize,
  onPanel?: (panel: DrawnPanel) => void,
): Element {
  const items = scenes.flatMap(({ legend }) => legend);
  const showLegend = size.hasAxes && items.length > 1 && wantsLegend;
  // The legend's height is limited.
  const entries = showLegend
    ? legendEntries(items, size.width).filter(({ bottom }) => bottom <= size.height / 2)
    : [];
  const top = entries.at(-1)?.bottom ?? 0;
  const mostMarks = Math.floor((size.hasAxes ? 6000 : 250) / scenes.length);
  const drawn = scenes.map(({ domain: { x, y }, draw }) => {
    const [left, height] = [round(x[0] * size.width), size.height - top];
    const down = round(top + (1 - y[1]) * height);
    const parts = draw({
      width: round((x[1] - x[0]) * size.width),
      height: round((y[1] - y[0]) * height),
      hasAxes: size.hasAxes,
      mostMarks,
      ...(onPanel === undefined
        ? {}
        : {
            onPanel: (panel) => {
              onPanel({ ...panel, left: panel.left + left, top: panel.top + down });
            },
          }),
    });
    return left === 0 && down === 0
      ? parts
      : [s('g', { transform: `translate(${left} ${down})` }, parts)];
  });
  return pictureElement(size, [...drawLegend(entries), ...drawn.flat()]);
}
