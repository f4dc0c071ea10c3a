import { isObject, titleText, type Figure } from './figure.js';
import { readAxis } from './axis.js';
import { traceType } from './bundle.js';
import { numberFormat, type Format } from './format.js';
import { readGrid, readValues, type Value } from './values.js';

/** One column of a chart's data. */
export interface DataColumn {
  readonly label: string;
  readonly format: Format;
}

/** What a chart shows, as rows: the same for readers without script, for screen readers and as CSV. */
export interface DataTable {
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly Value[])[];
}

type Trace = Figure['traces'][number];

/** The data of a chart as one table; undefined when its traces hold none that fits in rows. */
export function dataTableOf(figure: Figure): DataTable | undefined {
  const { traces } = figure;
  const all = (types: readonly string[]) =>
    traces.every((trace) => types.includes(traceType(trace)));
  if (all(['pie', 'funnelarea', 'sunburst', 'treemap', 'icicle'])) return slices(traces);
  if (all(['heatmap', 'contour']) && traces.length === 1) return grid(figure);
  if (all(['sankey'])) return flows(traces);
  return sharedPositions(figure) ?? listed(traces);
}

function nameOf(trace: Trace, index: number): string {
  return titleText(trace['name']) ?? `Series ${index + 1}`;
}

/** Series over the same kind of positions: one row for each position, one column for each series. */
function sharedPositions(figure: Figure): DataTable | undefined {
  const isLying = figure.traces.every((trace) => trace['orientation'] === 'h');
  const [position, measure] = isLying ? (['y', 'x'] as const) : (['x', 'y'] as const);
  const series = figure.traces.map((trace, index) => {
    const measures = readValues(trace[measure]);
    const positions = readValues(trace[position]) ?? measures?.map((_, at) => at);
    return { name: nameOf(trace, index), positions, measures };
  });
  const complete = series.filter(
    (one): one is { name: string; positions: readonly Value[]; measures: readonly Value[] } =>
      one.positions !== undefined && one.measures !== undefined,
  );
  if (complete.length < series.length) return undefined;
  if (complete.some(({ positions }) => new Set(positions).size < positions.length))
    return undefined;

  const rows = new Map<Value, Value[]>();
  complete.forEach(({ positions, measures }, column) => {
    positions.forEach((at, index) => {
      let row = rows.get(at);
      if (row === undefined) rows.set(at, (row = complete.map(() => null)));
      row[column] = measures[index] ?? null;
    });
  });
  const positionAxis = readAxis(figure.layout, `${position}axis`, [...rows.keys()], 'long');
  const measureAxis = readAxis(
    figure.layout,
    `${measure}axis`,
    complete.flatMap(({ measures }) => measures),
    'long',
  );
  const format = measureAxis?.format ?? numberFormat(undefined);
  return {
    columns: [
      {
        label: positionAxis?.title ?? (positionAxis?.type === 'date' ? 'Date' : position),
        format: positionAxis?.type === 'linear' ? String : (positionAxis?.format ?? String),
      },
      ...complete.map(({ name }) => ({
        label:
          complete.length === 1
            ? (titleText(figure.traces[0]?.['name']) ?? measureAxis?.title ?? measure)
            : name,
        format,
      })),
    ],
    rows: [...rows].map(([at, row]) => [at, ...row]),
  };
}

function slices(traces: readonly Trace[]): DataTable | undefined {
  const rows = traces.flatMap((trace) => {
    const labels = readValues(trace['labels']) ?? [];
    const values = readValues(trace['values']);
    return labels.map((label, index): Value[] => [label, values?.[index] ?? null]);
  });
  return rows.length === 0 ? undefined : { columns: plainColumns(['Label', 'Value']), rows };
}

function grid(figure: Figure): DataTable | undefined {
  const [trace] = figure.traces;
  const cells = readGrid(trace?.['z']);
  if (trace === undefined || cells === undefined || cells.length === 0) return undefined;
  const across = readValues(trace['x']) ?? cells[0]?.map((_, index) => index) ?? [];
  const down = readValues(trace['y']) ?? cells.map((_, index) => index);
  const axisTitle = (name: 'xaxis' | 'yaxis') => {
    const axis = figure.layout[name];
    return isObject(axis) ? titleText(axis['title']) : undefined;
  };
  const corner = [axisTitle('yaxis'), axisTitle('xaxis')].filter((title) => title !== undefined);
  return {
    columns: plainColumns([corner.join(' \\ '), ...across.map((value) => String(value ?? ''))]),
    rows: cells.map((row, index) => [down[index] ?? null, ...row]),
  };
}

function flows(traces: readonly Trace[]): DataTable | undefined {
  const rows = traces.flatMap((trace): Value[][] => {
    const node = isObject(trace['node']) ? trace['node'] : {};
    const link = isObject(trace['link']) ? trace['link'] : {};
    const labels = readValues(node['label']) ?? [];
    const labelAt = (index: Value | undefined) =>
      typeof index === 'number' ? (labels[index] ?? String(index)) : null;
    const [sources, targets, values] = ['source', 'target', 'value'].map(
      (name) => readValues(link[name]) ?? [],
    );
    return (sources ?? []).map((source, index) => [
      labelAt(source),
      labelAt(targets?.[index]),
      values?.[index] ?? null,
    ]);
  });
  return rows.length === 0 ? undefined : { columns: plainColumns(['From', 'To', 'Value']), rows };
}

const listedNames = [
  ...['x', 'y', 'z', 'lat', 'lon', 'locations', 'a', 'b', 'c', 'r', 'theta', 'labels', 'parents'],
  ...['values', 'value', 'open', 'high', 'low', 'close', 'base', 'text'],
];

/** Anything else: a row for each point, with the series that it belongs to. */
function listed(traces: readonly Trace[]): DataTable | undefined {
  const series = traces.map((trace, index) => ({
    name: nameOf(trace, index),
    arrays: new Map(
      listedNames.flatMap((name) => {
        const values = readValues(trace[name]);
        return values === undefined ? [] : [[name, values] as const];
      }),
    ),
  }));
  const names = listedNames.filter((name) => series.some(({ arrays }) => arrays.has(name)));
  const rows = series.flatMap(({ name, arrays }) => {
    const length = Math.max(0, ...[...arrays.values()].map((values) => values.length));
    return Array.from({ length }, (_, index): Value[] => [
      name,
      ...names.map((column) => arrays.get(column)?.[index] ?? null),
    ]);
  });
  if (rows.length === 0) return undefined;
  const isOne = series.length === 1;
  return {
    columns: plainColumns([...(isOne ? [] : ['Series']), ...names]),
    rows: isOne ? rows.map((row) => row.slice(1)) : rows,
  };
}

function plainColumns(labels: readonly string[]): DataColumn[] {
  return labels.map((label) => ({ label, format: numberFormat(undefined) }));
}
