// The scenes of all traces over axes.

import type { Figure } from '../../figure/figure.js';
import { panelScene } from './draw-panel.js';
import { plotKinds } from './kinds.js';
import { readPanels } from './panels.js';
import type { FigureTrace, Scene } from '../drawing/scene.js';

/**
 * Reads traces over axes as scenes, one for each pair of axes.
 *
 * @returns Undefined where a part of them has no picture.
 */
export function plotScenes(
  traces: readonly FigureTrace[],
  figure: Figure,
): readonly Scene[] | undefined {
  const withKinds = traces.flatMap((one) => {
    const kind = plotKinds.get(one.type);
    return kind === undefined ? [] : [{ ...one, kind }];
  });
  const read = readPanels(withKinds, figure);
  return read?.panels.map((panel) => panelScene(panel, read));
}
