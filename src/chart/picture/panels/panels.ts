// The plots of a figure: traces by their pair of axes, and the pairs that lie over one another in one panel.

import { isJsonObject } from '../../../nbformat/notebook.js';
import type { Figure } from '../../figure/figure.js';
import { type FigureTrace, readSpan, type Domain, type Trace } from '../drawing/scene.js';
import { axisSpan, type AxisSpan } from '../axes/axis-span.js';
import type { Layer, Letter, PlotAxes, PlotKind } from '../axes/layer.js';
import { plotAxis, type PlotAxis } from '../axes/plot-axis.js';

/** A trace with its kind. */
export interface KindTrace extends FigureTrace {
  readonly kind: PlotKind;
}

/** Traces over one pair of axes. */
export interface Plot {
  readonly axes: PlotAxes;
  readonly layers: readonly Layer[];
}

/** Plots that share their place: the first is the ground, others add an axis on the right. */
export interface Panel {
  readonly domain: Domain;
  readonly plots: readonly Plot[];
}

/** The panels of a figure with the spans of their axes, by the axes' names. */
export interface Panels {
  readonly panels: readonly Panel[];
  readonly spans: ReadonlyMap<string, AxisSpan>;
}

/** Traces that share both axes. */
interface Pair extends Readonly<Record<Letter, string>> {
  readonly traces: KindTrace[];
  readonly isHorizontal: boolean;
}

/**
 * Reads the traces over axes.
 *
 * @returns Undefined where a part of them has no picture.
 */
export function readPanels(traces: readonly KindTrace[], figure: Figure): Panels | undefined {
  const pairs = readPairs(traces);
  if (pairs === undefined) return undefined;
  const axes = readAxes(pairs, figure.layout);
  if (axes === undefined) return undefined;
  const plots = pairs.map((pair) => readPlot(pair, axes, figure.layout));
  if (!plots.every((plot) => plot !== undefined)) return undefined;
  const spans = new Map<string, AxisSpan>();
  for (const axis of axes.values()) {
    const reaches = plots.flatMap(({ axes: own, layers }) =>
      (['x', 'y'] as const).flatMap((letter) =>
        own[letter] === axis ? layers.map(({ reach }) => reach[letter]) : [],
      ),
    );
    const span = axisSpan(axis, reaches);
    if (span === undefined) return undefined;
    spans.set(axis.name, span);
  }
  return { panels: panelsOf(pairs, plots, figure.layout), spans };
}

function readPairs(traces: readonly KindTrace[]): Pair[] | undefined {
  const groups = new Map<string, Readonly<Record<Letter, string>> & { traces: KindTrace[] }>();
  for (const one of traces) {
    const [x, y] = [axisName(one.trace, 'x'), axisName(one.trace, 'y')];
    if (x === undefined || y === undefined) return undefined;
    const group = groups.get(`${x} ${y}`);
    if (group === undefined) groups.set(`${x} ${y}`, { x, y, traces: [one] });
    else group.traces.push(one);
  }
  const pairs = [...groups.values()].map((group) => {
    const said = new Set(group.traces.map((one) => one.kind.isHorizontal(one.trace)));
    const isMixed = said.has(true) && said.size > 1;
    return isMixed ? undefined : { ...group, isHorizontal: said.has(true) };
  });
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}

/** The name in the layout of a trace's axis: `yaxis2` of `y2`. */
function axisName(trace: Trace, letter: Letter): string | undefined {
  const id = trace[`${letter}axis`] ?? letter;
  const number = typeof id === 'string' ? /^([xy])([2-9]|[1-9]\d)?$/.exec(id) : null;
  return number?.[1] === letter ? `${letter}axis${number[2] ?? ''}` : undefined;
}

function settingsOf(layout: Figure['layout'], name: string): Trace {
  const settings = layout[name];
  return isJsonObject(settings) ? settings : {};
}

/** The axis that an axis lies over, or copies: `yaxis` of `y`. */
function referredAxis(layout: Figure['layout'], name: string, key: 'matches' | 'overlaying') {
  const id = settingsOf(layout, name)[key];
  const match = typeof id === 'string' ? /^([xy])(\d*)$/.exec(id) : null;
  return match === null || match[1] !== name.charAt(0)
    ? undefined
    : `${match[1]}axis${match[2] ?? ''}`;
}

/** All axes by name; those that match another are the other. */
function readAxes(
  pairs: readonly Pair[],
  layout: Figure['layout'],
): ReadonlyMap<string, PlotAxis> | undefined {
  const axes = new Map<string, PlotAxis>();
  for (const letter of ['x', 'y'] as const) {
    const owners = new Map(
      pairs.map((pair) => [
        pair[letter],
        referredAxis(layout, pair[letter], 'matches') ?? pair[letter],
      ]),
    );
    for (const owner of new Set(owners.values())) {
      const used = pairs.filter((pair) => owners.get(pair[letter]) === owner);
      const uses = used.flatMap((pair) =>
        pair.traces.map((one) => ({
          kind: one.kind,
          values: one.kind.values(one, letter),
          isMeasure: (letter === 'y') !== pair.isHorizontal,
        })),
      );
      const isMeasured = !uses.some(({ kind, isMeasure }) => kind.isGrid === true || !isMeasure);
      const axis = plotAxis(
        layout,
        owner,
        uses.flatMap(({ values }) => [...values]),
        uses.flatMap(({ kind, values }) => (kind.isBinned === true ? [] : [...values])),
        isMeasured,
      );
      if (axis === undefined) return undefined;
      const isAroundMiddle = uses.some(({ kind }) => kind.isAroundMiddle === true);
      const settled = isAroundMiddle ? aroundMiddle(axis, letter) : axis;
      for (const [name, of] of owners) if (of === owner) axes.set(name, settled);
    }
  }
  return axes;
}

/** A funnel begins at the top, and its amounts stand in it. */
function aroundMiddle(axis: PlotAxis, letter: Letter): PlotAxis {
  if (axis.isMeasured) return { ...axis, isHidden: true };
  return letter === 'y' ? { ...axis, isReversed: !axis.isReversed } : axis;
}

function readPlot(
  { x: xName, y: yName, traces, isHorizontal }: Pair,
  axes: ReadonlyMap<string, PlotAxis>,
  layout: Figure['layout'],
): Plot | undefined {
  const [x, y] = [axes.get(xName), axes.get(yName)];
  if (x === undefined || y === undefined) return undefined;
  const plotAxes = { x, y, isHorizontal, layout };
  const layers: Layer[] = [];
  for (const kind of new Set(traces.map(({ kind }) => kind))) {
    const read = kind.read(
      traces.filter((one) => one.kind === kind),
      plotAxes,
    );
    if (read === undefined) return undefined;
    layers.push(...read);
  }
  layers.sort(
    (a, b) => Number(b.isGround === true) - Number(a.isGround === true) || a.index - b.index,
  );
  return { axes: plotAxes, layers };
}

function panelsOf(
  pairs: readonly Pair[],
  plots: readonly Plot[],
  layout: Figure['layout'],
): Panel[] {
  const panels = new Map<string, { domain: Domain; plots: Plot[] }>();
  pairs.forEach((pair, index) => {
    const plot = plots[index];
    if (plot === undefined) return;
    const y = referredAxis(layout, pair.y, 'overlaying') ?? pair.y;
    const key = `${pair.x} ${y}`;
    const panel = panels.get(key);
    if (panel !== undefined) panel.plots.push(plot);
    else panels.set(key, { domain: domainOf(layout, pair.x, y), plots: [plot] });
  });
  return [...panels.values()];
}

/** The place of a pair of axes: their domains, or their cell of the layout's grid. */
function domainOf(layout: Figure['layout'], x: string, y: string): Domain {
  const grid = settingsOf(layout, 'grid');
  const [rows, columns] = [Number(grid['rows']), Number(grid['columns'])];
  const isIndependent = grid['pattern'] === 'independent';
  const indexOf = (name: string) => Number(name.slice(5) || 1) - 1;
  const cell = (at: number, count: number) => [at / count, (at + 1) / count] as const;
  const own = (name: string) => settingsOf(layout, name)['domain'];
  const isGrid = rows >= 1 && columns >= 1 && rows * columns <= 400;
  const column = isIndependent ? indexOf(x) % columns : indexOf(x);
  const row = isIndependent ? Math.floor(indexOf(y) / columns) : indexOf(y);
  const up = grid['roworder'] === 'bottom to top' ? row : rows - 1 - row;
  return {
    x:
      isGrid && own(x) === undefined && column < columns ? cell(column, columns) : readSpan(own(x)),
    y: isGrid && own(y) === undefined && up >= 0 && up < rows ? cell(up, rows) : readSpan(own(y)),
  };
}
