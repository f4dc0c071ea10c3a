// The subplots of a figure, each a scene of its own: polar plots, maps.

import type { Figure } from '../../figure/figure.js';
import type { FigureTrace, Scene } from './scene.js';

/**
 * A scene for each subplot that traces name.
 *
 * @param kind - What plotly calls the first of them: `polar`; the others are `polar2` and so on.
 * @param attribute - Where a trace names its own.
 * @param read - Makes a scene of the traces of one; undefined where a part of it has no picture.
 * @returns Undefined where one of them has no picture, or a name is of another kind.
 */
export function subplotScenes(
  traces: readonly FigureTrace[],
  { layout }: Figure,
  { kind, attribute }: { readonly kind: string; readonly attribute: string },
  read: (
    traces: readonly FigureTrace[],
    name: string,
    layout: Figure['layout'],
  ) => Scene | undefined,
): readonly Scene[] | undefined {
  const isOfKind = new RegExp(`^${kind}\\d{0,3}$`);
  const nameOf = ({ trace }: FigureTrace) => trace[attribute] ?? kind;
  const scenes = [...new Set(traces.map(nameOf))].map((name) =>
    typeof name === 'string' && isOfKind.test(name)
      ? read(
          traces.filter((one) => nameOf(one) === name),
          name,
          layout,
        )
      : undefined,
  );
  return scenes.every((scene) => scene !== undefined) ? scenes : undefined;
}
