import type { Element } from 'hast';
import { drawPie } from './pie.js';
import { pictureElement, svgElement as s, type PictureSize } from './svg.js';
import type { Figure } from '../figure/figure.js';
import { calendarTime, isDate } from '../figure/format.js';
import { readPlot, type Mark, type Place, type Plot, type PlotSeries } from './plot.js';
import { labelStep, linearScale, niceTicks, shortened, textWidth } from './scale.js';
import { thinPoints } from './thin-points.js';
import type { Value } from '../figure/values.js';

interface Frame {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Marks of one picture that are drawn each by itself; of more, those that can be told apart. */
const [mostMarks, mostSmallMarks] = [6000, 250];

/** Pixels in which neighbours of a line, or bars, become one; a likeness as small as a stamp needs fewer. */
const [column, smallColumn] = [1, 3];

/**
 * A chart of bars and lines, or a pie, as an SVG, drawn from the same data as the chart itself: what readers
 * see before the script, without it and in print. Colours are classes of the stylesheet, so that the
 * picture follows the page from light to dark.
 *
 * @returns Undefined for charts of other kinds.
 */
export function drawPicture(figure: Figure, size: PictureSize): Element | undefined {
  return drawPictures(figure, [size])[0];
}

/** The same in several sizes, for which the figure is read once; none for charts of other kinds. */
export function drawPictures(figure: Figure, sizes: readonly PictureSize[]): Element[] {
  const plot = readPlot(figure);
  const wantsLegend = figure.layout['showlegend'] !== false;
  const pictures = sizes.map((size) =>
    plot === undefined ? drawPie(figure, size) : drawPlot(plot, wantsLegend, size),
  );
  return pictures.filter((picture) => picture !== undefined);
}

function drawPlot(plot: Plot, wantsLegend: boolean, size: PictureSize): Element {
  const ticks = size.hasAxes ? niceTicks(...plot.measures.span) : [...plot.measures.span];
  const span = [ticks[0] ?? 0, ticks.at(-1) ?? 1] as const;
  const showLegend = size.hasAxes && plot.series.length > 1 && wantsLegend;
  // A legend may not take the room of the chart.
  const entries = showLegend
    ? legendEntries(plot, size.width).filter(({ bottom }) => bottom <= size.height / 2)
    : [];
  const frame = size.hasAxes
    ? frameOf(plot, ticks, entries)
    : { top: 3, right: 3, bottom: 3, left: 3 };
  const across = [frame.left, size.width - frame.right] as const;
  const down = [frame.top, size.height - frame.bottom] as const;
  const measure = linearScale(span, plot.isLying ? across : [down[1], down[0]]);
  const { position, gap } = positionScale(plot, plot.isLying ? down : across);

  const axes = size.hasAxes
    ? [
        ...gridLines(plot, ticks, measure, { across, down }),
        ...positionLabels(plot, position, { across, down }),
        ...levelAxisName(plot, { across, down }),
        ...legend(entries),
      ]
    : [];
  const bars = plot.series.filter(({ kind }) => kind === 'bar');
  const drawn = plot.series.filter(({ kind, hasPoints }) => kind === 'bar' || hasPoints);
  const total = size.hasAxes ? mostMarks : mostSmallMarks;
  const bounds: Bounds = {
    most: Math.max(40, Math.floor(total / Math.max(1, drawn.length))),
    column: size.hasAxes ? column : smallColumn,
  };
  const marks = plot.series.map((series) =>
    series.kind === 'bar'
      ? barMarks(series, plot, {
          position,
          measure,
          gap,
          slot: bars.indexOf(series),
          slots: bars.length,
          ...bounds,
        })
      : lineMarks(series, position, measure, bounds),
  );
  return pictureElement(size, [...axes, ...marks]);
}

/** How much of a series is drawn. */
interface Bounds {
  /** Marks. */
  readonly most: number;
  /** Pixels. */
  readonly column: number;
}

/** Pixels that a name beside lying bars, below an axis or in the legend may have. */
const widestName = 206;

/** Space around the plot for labels. */
function frameOf(plot: Plot, ticks: readonly number[], entries: readonly LegendEntry[]): Frame {
  const labels = plot.isLying
    ? plot.positions.places.map(({ value }) => plot.positions.axis.format(value))
    : ticks.map((tick) => plot.measures.axis.format(tick));
  const widest = labels.reduce((most, label) => Math.max(most, textWidth(label)), 0);
  return {
    top: 8 + (entries.at(-1)?.bottom ?? 0),
    right: 12,
    bottom: 44,
    left: Math.min(plot.isLying ? widestName + 14 : 120, widest + 14),
  };
}

/** Where positions stand, and how far one is from the next (pixels). */
function positionScale(plot: Plot, [start, end]: readonly [number, number]) {
  const { places, isReversed, axis } = plot.positions;
  const numbers = places.map(({ at }) => at);
  const steps = numbers.slice(1).map((at, index) => at - (numbers[index] ?? at));
  const step =
    axis.type === 'category' ? 1 : steps.reduce((least, one) => Math.min(least, one), Infinity);
  const finiteStep = Number.isFinite(step) ? step : 1;
  const first = numbers[0] ?? 0;
  const last = numbers.at(-1) ?? 0;
  // Bars need half a step around them; points that are dense do not.
  const hasBars = plot.series.some(({ kind }) => kind === 'bar');
  const around = hasBars || axis.type === 'category' ? finiteStep / 2 : (last - first) * 0.02 || 1;
  const span = axis.range ?? ([first - around, last + around] as const);
  // The first category of lying bars is at the bottom, as plotly has it.
  const flips = plot.isLying !== isReversed;
  const position = linearScale(span, flips ? [end, start] : [start, end]);
  return { position, gap: Math.abs(position(first + finiteStep) - position(first)) };
}

type Scale = (value: number) => number;
interface Sides {
  readonly across: readonly [number, number];
  readonly down: readonly [number, number];
}

function gridLines(plot: Plot, ticks: readonly number[], measure: Scale, { across, down }: Sides) {
  return ticks.flatMap((tick) => {
    const at = round(measure(tick));
    const label = plot.measures.axis.format(tick);
    const className = tick === 0 ? 'zero' : 'grid';
    return plot.isLying
      ? [
          s('line', { className, x1: at, x2: at, y1: down[0], y2: down[1] }),
          s('text', { x: at, y: down[1] + 16, textAnchor: 'middle' }, label),
        ]
      : [
          s('line', { className, x1: across[0], x2: across[1], y1: at, y2: at }),
          s('text', { x: across[0] - 8, y: at + 4, textAnchor: 'end' }, label),
        ];
  });
}

/** Pixels that a label beside a lying bar needs at least. */
const lowestLabel = 10;

function positionLabels(plot: Plot, position: Scale, { across, down }: Sides): Element[] {
  const { places, axis } = plot.positions;
  if (plot.isLying) {
    const step = Math.max(1, Math.ceil((places.length * lowestLabel) / (down[1] - down[0])));
    const labelled = places.filter((_, index) => index % step === 0);
    return labelled.map(({ value, at }) =>
      s(
        'text',
        { x: across[0] - 8, y: round(position(at)) + 4, textAnchor: 'end' },
        shortened(axis.format(value), widestName),
      ),
    );
  }
  const marked = placesToLabel(plot, position, across[1] - across[0]);
  return marked.flatMap(({ value, at }, index) => {
    const x = round(position(at));
    return labelLines(value, marked[index - 1]?.value, axis.format).map((text, line) =>
      s('text', { x, y: down[1] + 16 + line * 15, textAnchor: 'middle' }, text),
    );
  });
}

/** The places that get a label below: each, or every so many-th; of many numbers, round ones. */
function placesToLabel({ positions, series }: Plot, position: Scale, space: number): Place[] {
  const { places, axis } = positions;
  const isBars = series.some(({ kind }) => kind === 'bar');
  if (axis.type === 'linear' && !isBars && places.length > 8) {
    const [first, last] = [places[0]?.at ?? 0, places.at(-1)?.at ?? 0];
    return niceTicks(first, last, 8)
      .filter((tick) => tick >= first && tick <= last)
      .map((tick) => ({ value: tick, at: tick }));
  }
  const widths = places.map(({ value }, index) =>
    textWidth(labelLines(value, places[index - 1]?.value, axis.format)[0]),
  );
  const widest = widths.reduce((most, width) => Math.max(most, width), 0);
  const step = labelStep(places.length, widest, space);
  let last = -Infinity;
  return places.filter(({ at }, index) => {
    if (index % step !== 0) return false;
    // Dates need not be evenly apart.
    const x = position(at);
    if (step > 1 && Math.abs(x - last) < widest + 4) return false;
    last = x;
    return true;
  });
}

/** A month has its year on a second line, where the year begins. */
function labelLines(
  value: Value,
  before: Value | undefined,
  format: (value: Value) => string,
): [string, ...string[]] {
  const text = format(value);
  if (!isDate(value)) return [shortened(text, widestName)];
  const match = /^(\w+) (\d{4})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return [text];
  const yearOf = (date: string) => new Date(calendarTime(date)).getUTCFullYear();
  const isNewYear = before === undefined || !isDate(before) || yearOf(before) !== yearOf(value);
  return isNewYear ? [match[1], match[2]] : [match[1]];
}

/** A series in the legend, and where it stands. */
interface LegendEntry {
  readonly series: PlotSeries;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Where its line ends. */
  readonly bottom: number;
}

const legendLine = 24;

/** The legend above the plot, in as many lines as it takes. */
function legendEntries(plot: Plot, width: number): LegendEntry[] {
  let [x, y] = [0, 0];
  return plot.series.map((series) => {
    const name = shortened(series.name, widestName);
    const room = textWidth(name) + 40;
    if (x > 0 && x + room > width) [x, y] = [0, y + legendLine];
    const entry = { series, name, x, y, bottom: y + legendLine };
    x += room;
    return entry;
  });
}

function legend(entries: readonly LegendEntry[]): Element[] {
  return entries.flatMap(({ series, name, x, y }) => [
    s('rect', { ...paint(series, undefined, 'swatch'), x, y: y + 5, width: 10, height: 10 }),
    s('text', { className: ['legend'], x: x + 16, y: y + 14 }, name),
  ]);
}

/** The name of the level axis, below its labels; the upright one's stands above the picture. */
function levelAxisName(plot: Plot, { across, down }: Sides): Element[] {
  const name = plot.isLying ? plot.measures.axis.title : plot.positions.axis.title;
  if (name === undefined) return [];
  const x = (across[0] + across[1]) / 2;
  return [s('text', { x, y: down[1] + 36, textAnchor: 'middle' }, name)];
}

interface BarPlace extends Bounds {
  readonly position: Scale;
  readonly measure: Scale;
  readonly gap: number;
  readonly slot: number;
  readonly slots: number;
}

function barMarks(series: PlotSeries, plot: Plot, place: BarPlace): Element {
  const share = plot.isGrouped ? place.slots : 1;
  const thickness = (place.gap * 0.76) / share;
  const offset = plot.isGrouped ? (place.slot - (share - 1) / 2) * thickness : 0;
  const inset = thickness > 6 ? 0.5 : 0;
  const boxes = series.marks.flatMap((mark): BarBox[] => {
    if (mark === undefined) return [];
    const start = round(place.position(mark.at) + offset - thickness / 2 + inset);
    const width = round(Math.max(0.5, thickness - inset * 2));
    const from = place.measure(mark.base);
    const to = place.measure(mark.value);
    const low = round(Math.min(from, to));
    const length = round(Math.abs(from - to));
    return plot.isLying
      ? [{ mark, x: low, y: start, width: length, height: width }]
      : [{ mark, x: start, y: low, width, height: length }];
  });
  if (boxes.length <= place.most) {
    return s(
      'g',
      {},
      boxes.map(({ mark, ...box }) => s('rect', { ...paint(series, mark, 'bar'), ...box })),
    );
  }
  const visible = longestOfColumns(boxes, plot.isLying, place.column);
  return s(
    'g',
    {},
    byLook(visible, series, 'bar').map(({ look, items }) =>
      s('path', {
        ...look,
        d: items
          .map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`)
          .join(''),
      }),
    ),
  );
}

interface BarBox {
  readonly mark: Mark;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Of bars that fall on the same pixels the two that reach furthest, to either side. */
function longestOfColumns(boxes: readonly BarBox[], isLying: boolean, size: number): BarBox[] {
  const columns = new Map<number, { least: BarBox; most: BarBox }>();
  const start = ({ x, y }: BarBox) => (isLying ? x : y);
  const end = (box: BarBox) => start(box) + (isLying ? box.width : box.height);
  for (const box of boxes) {
    const at = Math.floor((isLying ? box.y : box.x) / size);
    const known = columns.get(at);
    if (known === undefined) columns.set(at, { least: box, most: box });
    else {
      if (start(box) < start(known.least)) known.least = box;
      if (end(box) > end(known.most)) known.most = box;
    }
  }
  return [...columns.values()].flatMap(({ least, most }) =>
    least === most ? [least] : [least, most],
  );
}

/** Marks that look alike, to be drawn in one stroke. */
function byLook<Item extends { readonly mark: Mark }>(
  items: readonly Item[],
  series: PlotSeries,
  part: string,
): { look: ReturnType<typeof paint>; items: Item[] }[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = `${item.mark.color ?? ''} ${item.mark.isOpen ? 'open' : ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()].map((group) => ({
    look: paint(series, group[0]?.mark, part),
    items: group,
  }));
}

function lineMarks(
  series: PlotSeries,
  position: Scale,
  measure: Scale,
  { most, column }: Bounds,
): Element {
  const points = series.marks.map((mark) =>
    mark === undefined
      ? undefined
      : { mark, x: round(position(mark.at)), y: round(measure(mark.value)) },
  );
  const isThinned = !series.hasPoints || points.length > most;
  const path = boundedPath(points, isThinned ? column : undefined);
  const first = points.find(isPoint);
  const last = points.findLast(isPoint);
  const area =
    series.isFilled && first !== last
      ? [
          s('path', {
            ...paint(series, undefined, 'area'),
            d: `${path}L${last?.x ?? 0} ${round(measure(0))}L${first?.x ?? 0} ${round(measure(0))}Z`,
          }),
        ]
      : [];
  return s('g', {}, [
    ...area,
    series.kind === 'line'
      ? s('path', { ...paint(series, undefined, 'line'), d: path })
      : undefined,
    ...(series.hasPoints ? pointMarks(points.filter(isPoint), series, most) : []),
  ]);
}

/** Points each by itself; of very many those that can be told apart, as dots of one stroke. */
function pointMarks(points: readonly Point[], series: PlotSeries, most: number): Element[] {
  if (points.length <= most) {
    return points.map(({ mark, x, y }) =>
      s('circle', { ...paint(series, mark, 'point'), cx: x, cy: y, r: 3 }),
    );
  }
  return byLook(thinPoints(points, most), series, 'dots').map(({ look, items }) =>
    s('path', {
      ...look,
      d: items.map(({ x, y }) => `M${Math.round(x)} ${Math.round(y)}h0`).join(''),
    }),
  );
}

interface Point {
  readonly mark: Mark;
  readonly x: number;
  readonly y: number;
}

function isPoint(point: Point | undefined): point is Point {
  return point !== undefined;
}

/** Characters; a line that is longer runs to and fro, and no picture could show where. */
const longestPath = 100_000;

/** The line, or where it would be too long one through fewer points. */
function boundedPath(points: readonly (Point | undefined)[], width: number | undefined): string {
  const path = linePath(points, width);
  if (path.length <= longestPath) return path;
  const kept = new Set(thinPoints(points.filter(isPoint), mostMarks));
  return linePath(
    points.filter((point) => point === undefined || kept.has(point)),
    width,
  );
}

/**
 * A line through points as a path of SVG, with a gap where there is none.
 *
 * @param width - Leaves out what cannot be seen: of neighbours in a column of so many pixels the first,
 *   the last, the lowest and the highest make the same line. Undefined: leaves nothing out.
 */
function linePath(points: readonly (Point | undefined)[], width: number | undefined): string {
  const commands: string[] = [];
  let command = 'M';
  const draw = (point: Point | undefined) => {
    if (point !== undefined) commands.push(`${command}${point.x} ${point.y}`);
    command = point === undefined ? 'M' : 'L';
  };
  for (let start = 0; start < points.length;) {
    const columnOf = (point: Point | undefined) =>
      point === undefined || width === undefined ? NaN : Math.round(point.x / width);
    const column = columnOf(points[start]);
    let [lowest, highest] = [start, start];
    let end = start + 1;
    for (; end < points.length; end += 1) {
      const point = points[end];
      if (point === undefined || columnOf(point) !== column) break;
      if (point.y < (points[lowest]?.y ?? 0)) lowest = end;
      if (point.y >= (points[highest]?.y ?? 0)) highest = end;
    }
    const [one, other] = lowest < highest ? [lowest, highest] : [highest, lowest];
    draw(points[start]);
    if (one > start) draw(points[one]);
    if (other > one) draw(points[other]);
    if (end - 1 > other) draw(points[end - 1]);
    start = end;
  }
  return commands.join('');
}

/** Class and colour of a part of a series. */
function paint(series: PlotSeries, mark: Mark | undefined, part: string) {
  const color = mark?.color ?? series.color;
  const classes = [part, ...(color === undefined ? [`series-${series.order}`] : [])];
  if (mark?.isOpen === true) classes.push('open');
  if (series.isDashed && part === 'line') classes.push('dashed');
  // `color` is what the stylesheet's fill and stroke take over.
  return { className: classes, ...(color === undefined ? {} : { color }) };
}

/** To a tenth of a unit; what the largest of numbers push beyond every scale is drawn at its start. */
function round(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : 0;
}
