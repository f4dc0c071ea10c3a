// The table of all other charts: a row for each point.

import { type Json, isJsonObject } from '../../nbformat/notebook.js';
import { readAxis } from '../figure/axis.js';
import { seriesTable, type DataColumn, type DataTable, type Trace } from './data-rows.js';
import type { Figure } from '../figure/figure.js';
import { numberFormat } from '../figure/format.js';
import { readGrid, readValues, type Value } from '../figure/values.js';

/** The usual order of columns; others follow. */
const usual = [
  ...['x', 'y', 'z', 'lat', 'lon', 'locations', 'a', 'b', 'c', 'r', 't', 'theta', 'real', 'imag'],
  ...['labels', 'parents', 'values', 'value', 'intensity', 'u', 'v', 'w', 'open', 'high', 'low'],
  ...['close', 'lowerfence', 'q1', 'median', 'mean', 'q3', 'upperfence', 'base', 'width', 'text'],
];

/** Lists that are styles, or belong to no picture. */
const looks = new Set([
  ...[
    'colorscale',
    'customdata',
    'domain',
    'columnorder',
    'columnwidth',
    'hoverinfo',
    'hoverlabel',
  ],
  ...['hoveron', 'hovertemplate', 'hovertext', 'ids', 'meta', 'selectedpoints', 'textposition'],
  ...['texttemplate', 'transforms', 'visible', 'facecolor', 'vertexcolor', 'stream'],
]);

/** Nested lists with values of points: sizes, colours, errors. */
const nested = [
  ['marker', 'size', 'Size'],
  ['marker', 'color', 'Colour'],
  ['error_x', 'array', 'x error'],
  ['error_x', 'arrayminus', 'x error below'],
  ['error_y', 'array', 'y error'],
  ['error_y', 'arrayminus', 'y error below'],
  ['error_z', 'array', 'z error'],
] as const;

/** Numeric lists of a trace, beside its positions, that give each point a value. */
export function extraArrays(trace: Trace): [label: string, values: readonly Value[]][] {
  return nested.flatMap(([group, name, label]): [string, readonly Value[]][] => {
    const object = trace[group];
    const values = isJsonObject(object) ? readValues(object[name]) : undefined;
    const isMeasured = values?.some((value) => typeof value === 'number') === true;
    return isMeasured ? [[label, values]] : [];
  });
}

type Columns = ReadonlyMap<string, readonly Value[]>;

/** A row for each point, with all values of the trace. */
export function listedTable(
  traces: readonly Trace[],
  layout: Figure['layout'],
): DataTable | undefined {
  const blocks = new Map(traces.map((trace) => [trace, blocksOf(trace)]));
  const found = new Set([...blocks.values()].flat().flatMap((block) => [...block.keys()]));
  const names = [
    ...usual.filter((name) => found.has(name)),
    ...[...found].filter((name) => !usual.includes(name)),
  ];
  const columns = names.map((name) => columnOf(name, [...blocks.values()].flat(), layout));
  return seriesTable(traces, columns, (trace) =>
    (blocks.get(trace) ?? []).flatMap((block) => {
      const length = Math.max(0, ...[...block.values()].map((values) => values.length));
      return Array.from({ length }, (_, row) =>
        names.map((name) => block.get(name)?.[row] ?? null),
      );
    }),
  );
}

/** A column's name and format are those of its axis. */
function columnOf(name: string, blocks: readonly Columns[], layout: Figure['layout']): DataColumn {
  const plain = { label: name, format: numberFormat(undefined) };
  if (name !== 'x' && name !== 'y') return plain;
  const values = blocks.flatMap((block) => block.get(name) ?? []);
  const axis = readAxis(layout, `${name}axis`, values, 'long');
  const format = axis?.type === 'linear' || axis?.type === 'log' ? plain.format : axis?.format;
  return { label: axis?.title ?? name, format: format ?? String };
}

/** The points of a trace; links between points are a block of their own. */
function blocksOf(trace: Trace): Columns[] {
  const arrays = Object.entries(trace).filter(([name]) => !looks.has(name));
  const flat = new Map<string, readonly Value[]>();
  const grids = new Map<string, readonly (readonly Value[])[]>();
  for (const [name, array] of arrays) {
    const values = readValues(array);
    const grid = values === undefined ? readGrid(array) : undefined;
    if (values !== undefined) flat.set(name, values);
    else if (grid !== undefined) grids.set(name, grid);
  }
  if (isCategories(trace, grids)) {
    for (const [name, grid] of grids) {
      grid.forEach((level, index) => flat.set(`${name} ${index + 1}`, level));
    }
  } else if (grids.size > 0) return [unfolded(flat, grids)];
  for (const [label, values] of extraArrays(trace)) flat.set(label, values);

  const corners = new Map([...flat].filter(([name]) => ['i', 'j', 'k'].includes(name)));
  const points = new Map([...flat].filter(([name]) => !corners.has(name)));
  const starts = isJsonObject(trace['starts']) ? namedStarts(trace['starts']) : new Map();
  return [points, corners, starts as Columns].filter(({ size }) => size > 0);
}

/** Multicategory positions: few lists with many entries each, and values beside them. */
function isCategories(
  trace: Trace,
  grids: ReadonlyMap<string, readonly (readonly Value[])[]>,
): boolean {
  const isPlace = (name: string) => name === 'x' || name === 'y';
  return (
    grids.size > 0 &&
    [...grids.keys()].every(isPlace) &&
    ['x', 'y'].some((name) => readValues(trace[name]) !== undefined)
  );
}

function namedStarts(starts: Readonly<Record<string, Json>>): Columns {
  return new Map(
    ['x', 'y', 'z'].flatMap((name): [string, readonly Value[]][] => {
      const values = readValues(starts[name]);
      return values === undefined ? [] : [[`start ${name}`, values]];
    }),
  );
}

/** Lists along the columns of a grid. */
const across = new Set(['x', 'a']);
/** Lists along its rows. */
const down = new Set(['y', 'b']);

/** The cells of grids below one another, each with its position. */
function unfolded(
  flat: Columns,
  grids: ReadonlyMap<string, readonly (readonly Value[])[]>,
): Columns {
  const [first = []] = grids.values();
  const places = first.flatMap((row, y) => row.map((_, x) => [x, y] as const));
  const columns = new Map<string, readonly Value[]>();
  const place = (name: string, index: 0 | 1) => {
    const values = flat.get(name);
    if (values !== undefined)
      columns.set(
        name,
        places.map((at) => values[at[index]] ?? null),
      );
  };
  for (const name of across) place(name, 0);
  for (const name of down) place(name, 1);
  if (![...across].some((name) => columns.has(name) || grids.has(name))) {
    columns.set(
      'x',
      places.map(([x]) => x),
    );
  }
  if (![...down].some((name) => columns.has(name) || grids.has(name))) {
    columns.set(
      'y',
      places.map(([, y]) => y),
    );
  }
  for (const [name, grid] of grids) {
    columns.set(
      name,
      places.map(([x, y]) => grid[y]?.[x] ?? null),
    );
  }
  return columns;
}
