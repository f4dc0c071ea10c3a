// The scenes of all traces over axes.

import type { Figure } from '../../figure/figure.js';
import type { PlotKind } from '../axes/layer.js';
import { panelScene } from './draw-panel.js';
import { readPanels } from './panels.js';
import type { FigureTrace, Scene } from '../drawing/scene.js';

/**
 * Reads traces over axes as scenes, one for each pair of axes.
 *
 * @param kinds - Those that are drawn, by trace type.
 * @returns Undefined where a part of them has no picture.
 */
export function plotScenes(
  kinds: ReadonlyMap<string, PlotKind>,
): (traces: readonly FigureTrace[], figure: Figure) => readonly Scene[] | undefined {
  return (traces, figure) => {
    const withKinds = traces.flatMap((one) => {
      const kind = kinds.get(one.type);
      return kind === undefined ? [] : [{ ...one, kind }];
    });
    const read = readPanels(withKinds, figure);
    return read?.panels.map((panel) => panelScene(panel, read));
  };
}
