// How the points of a line look: their mode, sizes and texts.

import { isJsonObject } from '../../../../nbformat/notebook.js';
import { numberOf, readValues, type Value } from '../../../figure/values.js';
import type { MarkPaint, TracePaint } from '../../drawing/paint.js';
import type { Trace } from '../../drawing/scene.js';
import type { LineMark } from './line-marks.js';

/** What a point has beside its place. */
export type PointLook = MarkPaint & Pick<LineMark, 'radius' | 'text'>;

/** The look of each point of a trace, by its index. */
export function pointLooks(
  trace: Trace,
  look: TracePaint,
  mode: string,
): (index: number) => PointLook {
  const marker = isJsonObject(trace['marker']) ? trace['marker'] : {};
  const hasSizes = mode.includes('markers') && typeof marker['size'] === 'object';
  const sizes = hasSizes ? readValues(marker['size']) : undefined;
  const texts = mode.includes('text') ? readValues(trace['text']) : undefined;
  const radius = radiusBy(marker);
  return (at) => ({
    ...look.markAt(at),
    radius: sizes === undefined ? undefined : radius(numberOf(sizes[at] ?? null)),
    text: textOf(texts?.[at]),
  });
}

/**
 * The mode of a trace, by default plotly's: points show up to 20 values.
 *
 * @param measure - The array whose length counts.
 */
export function modeOf(trace: Trace, measure: 'y' | 'r', isStacked: boolean): string {
  if (typeof trace['mode'] === 'string') return trace['mode'];
  const values = trace[measure];
  const isLong = Array.isArray(values) && values.length >= 20;
  return isLong || isStacked ? 'lines' : 'lines+markers';
}

/** The radius of a bubble in pixels by plotly's `sizemode`, `sizeref`, `sizemin`. */
function radiusBy(marker: Trace): (size: number | undefined) => number {
  const reference = Number(marker['sizeref']) || 1;
  const least = Math.max(0, Number(marker['sizemin']) || 0);
  return (size) => {
    const half = (size ?? 0) / 2 / reference;
    const radius = marker['sizemode'] === 'area' ? Math.sqrt(Math.max(0, half)) : half;
    return radius > 0 ? Math.min(80, Math.max(radius, least)) : 0;
  };
}

function textOf(value: Value | undefined): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : String(value);
}
