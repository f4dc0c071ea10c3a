// Polar plots: lines, points and bars around a centre.

import type { Element } from 'hast';
import type { Figure } from '../../figure/figure.js';
import { axisSpan, axisTicks, scaledAxis, type AxisSpan } from '../axes/axis-span.js';
import { markBounds } from '../axes/layer.js';
import { colorBarWidth, drawColorBar } from '../drawing/color-bar.js';
import type { FigureTrace, LegendItem, Scene, SceneSize } from '../drawing/scene.js';
import { subplotScenes } from '../drawing/subplots.js';
import { readPolarAxes, type PolarAxes } from './polar-axes.js';
import { polarBars } from './polar-bars.js';
import { circleWithin, drawGrid, drawLabels, labelledDirections } from './polar-grid.js';
import type { PolarLayer } from './polar-layer.js';
import { polarLines } from './polar-lines.js';

/**
 * Each polar plot in its own part.
 *
 * @returns Undefined where a part of one has no picture.
 */
export function polarScenes(
  traces: readonly FigureTrace[],
  figure: Figure,
): readonly Scene[] | undefined {
  return subplotScenes(traces, figure, { kind: 'polar', attribute: 'subplot' }, readScene);
}

function readScene(
  traces: readonly FigureTrace[],
  name: string,
  layout: Figure['layout'],
): Scene | undefined {
  const axes = readPolarAxes(traces, name, layout);
  if (axes === undefined) return undefined;
  const [bars, lines] = [
    polarBars(
      traces.filter(({ type }) => type === 'barpolar'),
      axes,
    ),
    polarLines(
      traces.filter(({ type }) => type !== 'barpolar'),
      axes,
    ),
  ];
  if (bars === undefined || lines === undefined) return undefined;
  const layers = [...bars, ...lines];
  const isFromZero = axes.radial.settings['rangemode'] !== 'normal' && axes.radial.type !== 'log';
  const span = axisSpan(
    axes.radial,
    layers.map((layer) => ({ span: layer.span, fromZero: layer.isSolid || isFromZero })),
  );
  if (span === undefined) return undefined;
  return {
    domain: axes.domain,
    legend: layers
      .toSorted((a, b) => a.index - b.index)
      .map(({ legend }) => legend)
      .filter((item): item is LegendItem => item !== undefined),
    draw: (size) => drawPolar(axes, span, layers, size),
  };
}

function drawPolar(
  axes: PolarAxes,
  span: AxisSpan,
  layers: readonly PolarLayer[],
  size: SceneSize,
): readonly Element[] {
  const { hasAxes } = size;
  const hasBars = layers.some(({ isSolid }) => isSolid);
  const colors = hasAxes ? layers.find((layer) => layer.colors?.hasBar)?.colors : undefined;
  const width = size.width - (colors === undefined ? 0 : colorBarWidth(colors));
  const labels = labelledDirections(axes, { ...size, width });
  const circle = circleWithin(labels, width, size);
  const radial = scaledAxis(axes.radial, span, axisTicks(axes.radial, span, hasAxes), [
    axes.hole,
    1,
  ]);
  const shareOf = (at: number): number | undefined => {
    const share = radial.scale(at);
    // Rounding may bring a point on the rim beyond it.
    return share >= axes.hole - 1e-9 && share <= 1 + 1e-9 ? share : undefined;
  };
  const bounds = markBounds(layers.length, size);
  return [
    ...drawGrid(axes, radial, circle, hasAxes),
    ...layers.flatMap((layer) => [
      ...layer.draw({ circle, shareOf, ends: radial.span, bounds, hasAxes }),
    ]),
    ...(hasAxes ? drawLabels(axes, radial, circle, labels, hasBars) : []),
    ...(colors === undefined
      ? []
      : drawColorBar(colors, { left: width + 12, top: 12, bottom: size.height - 12 })),
  ];
}
