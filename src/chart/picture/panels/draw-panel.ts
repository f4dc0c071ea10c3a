// A panel as SVG: the frame that its labels need, axes, marks, and the bar of its colours.

import type { Element } from 'hast';
import { drawColorBar, colorBarWidth } from '../drawing/color-bar.js';
import type { ColorScale } from '../drawing/color-scale.js';
import { textWidth, widestName } from '../scale.js';
import type { LegendItem, Scene, SceneSize } from '../drawing/scene.js';
import { svgElement as s } from '../svg.js';
import { drawAxes, drawRightAxis, labelledRows, tickLabel } from '../axes/axes.js';
import type { AxisLabels } from '../axes/axis-labels.js';
import { axisTicks, scaledAxis, type AxisSpan, type ScaledAxis } from '../axes/axis-span.js';
import { markBounds, type Letter, type MarkBounds } from '../axes/layer.js';
import type { Panel, Panels, Plot } from './panels.js';
import type { PlotAxis } from '../axes/plot-axis.js';

/** A panel as a part of a picture. */
export function panelScene(panel: Panel, { spans, panels }: Panels): Scene {
  const layers = panel.plots.flatMap((plot) => plot.layers);
  return {
    domain: panel.domain,
    legend: layers
      .map(({ legend }) => legend)
      .filter((item): item is LegendItem => item !== undefined),
    draw: (size) => drawPanel(panel, spans, size, panels.length > 1 || panel.plots.length > 1),
  };
}

function drawPanel(
  { plots }: Panel,
  spans: ReadonlyMap<string, AxisSpan>,
  size: SceneSize,
  hasTitles: boolean,
): readonly Element[] {
  const [ground, ...others] = plots;
  if (ground === undefined) return [];
  const layers = plots.flatMap((plot) => plot.layers);
  const colors = size.hasAxes ? layers.find((layer) => layer.colors?.hasBar)?.colors : undefined;
  const ticksOf = (axis: PlotAxis) => axisTicks(axis, spanOf(spans, axis), size.hasAxes);
  const left = labelWidth(ground, ticksOf(ground.axes.y), spans, size);
  const rights = others.map((plot) => labelWidth(plot, ticksOf(plot.axes.y), spans, size));
  const right = rights.reduce((most, width) => Math.max(most, width), 0);
  const barWidth = colors === undefined ? 0 : colorBarWidth(colors);
  const titles = hasTitles && size.hasAxes ? 16 : 0;
  const frame = size.hasAxes
    ? {
        left: left + (ground.axes.y.title === undefined ? 0 : titles),
        right: (others.length > 0 ? right + titles : 12) + barWidth,
        bottom: 44,
        top: 8,
      }
    : { left: 3, right: 3, bottom: 3, top: 3 };
  const area = {
    x: [frame.left, Math.max(frame.left + 1, size.width - frame.right)] as const,
    y: [frame.top, Math.max(frame.top + 1, size.height - frame.bottom)] as const,
  };
  const scaled = (axis: PlotAxis, letter: Letter) =>
    scaledAxis(
      axis,
      spanOf(spans, axis),
      ticksOf(axis),
      letter === 'x' ? area.x : [area.y[1], area.y[0]],
    );
  const x = scaled(ground.axes.x, 'x');
  const ys = plots.map((plot) => scaled(plot.axes.y, 'y'));
  const [y = x] = ys;
  const isSolid = (letter: Letter) => layers.some(({ reach }) => reach[letter].isSolid === true);
  const solid = { x: isSolid('x'), y: isSolid('y') };
  const bounds = markBounds(layers.filter(({ hasMarks }) => hasMarks).length, size);
  const marks = plots.flatMap((plot, index) =>
    drawPlot(plot, x, ys[index] ?? y, area, bounds, size),
  );
  const isLying = ground.axes.isHorizontal;
  const along = isLying ? y : x;
  size.onPanel?.({
    ...{ left: 0, top: 0, area, isLying, traces: layers.map(({ index }) => index) },
    places: along.axis.places.map(({ value, at }) => ({ value, at: along.scale(at) })),
  });
  const isClipped = [x, ...ys].some(({ axis }) => spanOf(spans, axis).isSet);
  return [
    ...(size.hasAxes
      ? [
          ...drawAxes(x, y, area, solid),
          ...ys.slice(1).flatMap((one) => drawRightAxis(one, area)),
          ...(hasTitles ? yTitles(ys, area, left, right) : []),
        ]
      : []),
    ...(isClipped ? [clipped(marks, area)] : marks),
    ...(colors === undefined ? [] : barOf(colors, area, size)),
  ];
}

function drawPlot(
  { axes, layers }: Plot,
  x: ScaledAxis,
  y: ScaledAxis,
  area: { readonly x: readonly [number, number]; readonly y: readonly [number, number] },
  bounds: MarkBounds,
  { hasAxes }: SceneSize,
): Element[] {
  const gap = axes.isHorizontal ? y.gap : x.gap;
  const frame = { x: x.scale, y: y.scale, area, gap, bounds, hasAxes };
  return layers.flatMap((layer) => [...layer.draw(frame)]);
}

function spanOf(spans: ReadonlyMap<string, AxisSpan>, { name }: PlotAxis): AxisSpan {
  return spans.get(name) ?? { from: 0, to: 1, step: 1, isSet: false };
}

/** The width of the labels of a y axis, with the space around them. */
function labelWidth(
  { axes, layers }: Plot,
  ticks: readonly number[],
  spans: ReadonlyMap<string, AxisSpan>,
  { height }: SceneSize,
): number {
  const { y } = axes;
  const { from, to } = spanOf(spans, y);
  const isSolid = layers.some(({ reach }) => reach.y.isSolid === true);
  const labels = y.isMeasured
    ? ticks.map((tick) => tickLabel(y, tick))
    : labelledNames(labelledRows(y, [from, to], height, isSolid));
  const widest = labels.reduce((most, label) => Math.max(most, textWidth(label)), 0);
  return Math.min(y.isMeasured ? 120 : widestName + 14, widest + 14);
}

function labelledNames({ places, format }: AxisLabels): string[] {
  return places.map(({ value }) => format(value));
}

/** The titles of y axes beside them, where the one above the picture cannot name them all. */
function yTitles(
  ys: readonly ScaledAxis[],
  { x, y }: { readonly x: readonly [number, number]; readonly y: readonly [number, number] },
  left: number,
  right: number,
): Element[] {
  const middle = (y[0] + y[1]) / 2;
  return ys.flatMap(({ axis }, index) => {
    if (axis.title === undefined) return [];
    const at = index === 0 ? x[0] - left - 2 : x[1] + right + 8;
    return [
      s(
        'text',
        { x: at, y: middle, textAnchor: 'middle', transform: `rotate(-90 ${at} ${middle})` },
        axis.title,
      ),
    ];
  });
}

/** Marks cut at the edge of the plot; an SVG inside another needs no name for that, of which a page has one. */
function clipped(
  marks: readonly Element[],
  { x, y }: { readonly x: readonly [number, number]; readonly y: readonly [number, number] },
): Element {
  const [width, height] = [x[1] - x[0], y[1] - y[0]];
  return s(
    'svg',
    { ...{ x: x[0], y: y[0], width, height }, viewBox: `${x[0]} ${y[0]} ${width} ${height}` },
    marks,
  );
}

function barOf(
  colors: ColorScale,
  { y }: { readonly y: readonly [number, number] },
  { width }: SceneSize,
): Element[] {
  return drawColorBar(colors, {
    left: width - colorBarWidth(colors) + 12,
    top: y[0],
    bottom: y[1],
  });
}
