// A figure as scenes, by what reads each type of its traces.

import { titleText, type Figure } from '../../figure/figure.js';
import { traceType } from '../../figure/trace-types.js';
import type { FigureTrace, Scene } from './scene.js';

/** Reads traces of a kind as scenes; undefined where they have no picture. */
export type ReadScenes = (
  traces: readonly FigureTrace[],
  figure: Figure,
) => readonly Scene[] | undefined;

/** The most scenes of a picture; more would be stamps. */
const mostScenes = 36;

/**
 * Reads the traces of a figure that are shown.
 *
 * @param readers - What reads each type of trace.
 * @returns Undefined where one of them has no picture.
 */
export function readScenes(
  figure: Figure,
  readers: ReadonlyMap<string, ReadScenes>,
): readonly Scene[] | undefined {
  const traces = figure.traces
    .map((trace, index) => ({
      trace,
      index,
      type: traceType(trace),
      name: titleText(trace['name']) ?? `Series ${index + 1}`,
    }))
    .filter(({ trace }) => trace['visible'] !== false && trace['visible'] !== 'legendonly');
  const byReader = new Map<ReadScenes, FigureTrace[]>();
  for (const one of traces) {
    const reader = readers.get(one.type);
    if (reader === undefined) return undefined;
    const group = byReader.get(reader);
    if (group === undefined) byReader.set(reader, [one]);
    else group.push(one);
  }
  const scenes: Scene[] = [];
  for (const [read, group] of byReader) {
    const some = read(group, figure);
    if (some === undefined) return undefined;
    scenes.push(...some);
  }
  return scenes.length === 0 || scenes.length > mostScenes ? undefined : scenes;
}
