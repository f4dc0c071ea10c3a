// Pies and rings of a picture.

import { isJsonObject } from '../../../nbformat/notebook.js';
import type { Element } from 'hast';
import type { Figure } from '../../figure/figure.js';
import { numberFormat } from '../../figure/format.js';
import {
  traceScenes,
  type FigureTrace,
  type Scene,
  type SceneSize,
  type Trace,
} from '../drawing/scene.js';
import { svgElement as s } from '../svg.js';
import { safeColor } from '../drawing/paint.js';
import { slicePath } from '../drawing/slice-path.js';
import { shortened } from '../scale.js';
import { readValues } from '../../figure/values.js';

/** The most slices: more than twice the colours are not readable as a pie. */
const maxSlices = 16;

const share = numberFormat('.1~%');
const legendLine = 22;

interface Slice {
  readonly label: string;
  readonly value: number;
  readonly order: number;
  readonly color: string | undefined;
}

/**
 * Pies and rings, clockwise from the top in the order of their data, with legend and shares.
 *
 * @returns Undefined for pies with too many slices, or negative ones.
 */
export function pieScenes(
  traces: readonly FigureTrace[],
  figure: Figure,
): readonly Scene[] | undefined {
  return traceScenes(traces, figure, ({ trace }) => {
    const slices = readSlices(trace);
    return slices && ((size) => drawPie(slices, holeOf(trace), size));
  });
}

function drawPie(slices: readonly Slice[], holeShare: number, size: SceneSize): readonly Element[] {
  const total = slices.reduce((sum, { value }) => sum + value, 0);
  const margin = size.hasAxes ? 8 : 2;
  const radius = Math.min(size.height / 2 - margin, size.hasAxes ? size.width / 4 : size.width / 2);
  const center = [size.hasAxes ? radius + margin : size.width / 2, size.height / 2] as const;
  const hole = radius * holeShare;
  let before = 0;
  const paths = slices.map(({ value, order, color }) => {
    const from = before / total;
    before += value;
    return s('path', {
      ...look('slice', order, color),
      d: slicePath(center, radius, hole, from, before / total),
    });
  });
  const names = size.hasAxes ? legend(slices, total, 2 * radius + 4 * margin, size) : [];
  return [...paths, ...names];
}

function readSlices(trace: Trace): readonly Slice[] | undefined {
  const labels = readValues(trace['labels']);
  if (labels === undefined) return undefined;
  const values = readValues(trace['values']);
  const marker = isJsonObject(trace['marker']) ? trace['marker'] : {};
  const colors = Array.isArray(marker['colors']) ? marker['colors'] : [];
  // Equal labels are one slice, as in plotly; without values labels are counted.
  const sums = new Map<string, { value: number; color: string | undefined }>();
  labels.forEach((name, index) => {
    const label = String(name ?? '');
    const value = values === undefined ? 1 : Number(values[index] ?? 0);
    const known = sums.get(label);
    sums.set(label, {
      value: (known?.value ?? 0) + value,
      color: known?.color ?? safeColor(colors[index]),
    });
  });
  const slices = [...sums]
    .map(([label, one], index) => ({ label, ...one, order: (index % 8) + 1 }))
    .filter(({ value }) => value !== 0);
  const total = slices.reduce((sum, { value }) => sum + value, 0);
  const isPie = total > 0 && Number.isFinite(total) && slices.every(({ value }) => value > 0);
  return isPie && slices.length <= maxSlices ? slices : undefined;
}

function holeOf(trace: Trace): number {
  const hole = trace['hole'];
  return typeof hole === 'number' ? Math.min(0.95, Math.max(0, hole)) : 0;
}

function legend(
  slices: readonly Slice[],
  total: number,
  left: number,
  { width, height }: SceneSize,
): Element[] {
  const top = (height - slices.length * legendLine) / 2;
  return slices.flatMap(({ label, value, order, color }, index) => {
    const y = top + index * legendLine;
    const part = share(value / total);
    const room = width - left - 16 - 52;
    return [
      s('rect', { ...look('swatch', order, color), x: left, y: y + 5, width: 10, height: 10 }),
      s('text', { x: left + 62, y: y + 14, textAnchor: 'end' }, part),
      s('text', { className: ['legend'], x: left + 72, y: y + 14 }, shortened(label, room - 4)),
    ];
  });
}

function look(part: string, order: number, color: string | undefined) {
  return color === undefined
    ? { className: [part, `series-${order}`] }
    : { className: [part], color };
}
