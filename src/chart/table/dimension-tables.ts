// Tables of pies, hierarchies, regions of maps, flows, parallel coordinates, indicators.

import { titleText } from '../figure/figure.js';
import { numberFormat } from '../figure/format.js';
import { type Json, isJsonObject } from '../../nbformat/notebook.js';
import {
  nameColumn,
  plainColumns,
  seriesTable,
  type DataColumn,
  type DataTable,
  type Trace,
} from './data-rows.js';
import { readValues, type Value } from '../figure/values.js';

/** Slices of pies; without values labels are counted. */
export function slicesTable(traces: readonly Trace[]): DataTable | undefined {
  const columns = [nameColumn('Label'), ...plainColumns(['Value'])];
  return seriesTable(traces, columns, (trace) => {
    const values = readValues(trace['values']);
    const labels = readValues(trace['labels']) ?? values?.map((_, index) => index);
    if (values !== undefined) return (labels ?? []).map((label, at) => [label, values[at] ?? null]);
    const counts = new Map<Value, number>();
    for (const label of labels ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
    return [...counts];
  });
}

/** Hierarchies: each part with its parent. */
export function partsTable(traces: readonly Trace[]): DataTable | undefined {
  const columns = ['Id', 'Label', 'Parent'].map(nameColumn);
  return seriesTable(traces, [...columns, ...plainColumns(['Value'])], (trace) => {
    const [ids, labels, parents, values] = ['ids', 'labels', 'parents', 'values'].map((name) =>
      readValues(trace[name]),
    );
    return (labels ?? ids ?? []).map((_, index) => [
      ids?.[index] ?? null,
      labels?.[index] ?? null,
      parents?.[index] ?? null,
      values?.[index] ?? null,
    ]);
  });
}

/** Flows between nodes. */
export function flowsTable(traces: readonly Trace[]): DataTable | undefined {
  const columns = [...['From', 'To'].map(nameColumn), ...plainColumns(['Value'])];
  return seriesTable(traces, [...columns, nameColumn('Label')], (trace) => {
    const node = isJsonObject(trace['node']) ? trace['node'] : {};
    const link = isJsonObject(trace['link']) ? trace['link'] : {};
    const labels = readValues(node['label']) ?? [];
    const labelAt = (index: Value | undefined) =>
      typeof index === 'number' ? (labels[index] ?? String(index)) : null;
    const [sources, targets, values, names] = ['source', 'target', 'value', 'label'].map(
      (name) => readValues(link[name]) ?? [],
    );
    return (sources ?? []).map((source, index) => [
      labelAt(source),
      labelAt(targets?.[index]),
      values?.[index] ?? null,
      names?.[index] ?? null,
    ]);
  });
}

/** Regions of maps by colour: each place with its value, called as the colour bar is. */
export function regionsTable(traces: readonly Trace[]): DataTable | undefined {
  const titles = traces.map(({ colorbar }) =>
    isJsonObject(colorbar) ? titleText(colorbar['title']) : undefined,
  );
  const [title] = new Set(titles).size === 1 ? titles : [];
  const columns = [nameColumn('Location'), ...plainColumns([title ?? 'Value'])];
  return seriesTable(traces, columns, (trace) => {
    const [places, values] = [readValues(trace['locations']), readValues(trace['z'])];
    return (places ?? []).map((place, at) => [place, values?.[at] ?? null]);
  });
}

/** Dimensions: a row for each item, a column for each measure. */
export function dimensionsTable(traces: readonly Trace[]): DataTable | undefined {
  const labels = [...new Set(traces.flatMap((trace) => columnsOf(trace).map(([label]) => label)))];
  return seriesTable(traces, plainColumns(labels), (trace) => {
    const columns = new Map(columnsOf(trace));
    return byRow(labels.map((label) => columns.get(label) ?? []));
  });
}

/** The dimensions of a trace by label, with counts and colours of its lines. */
function columnsOf(trace: Trace): [label: string, values: readonly Value[]][] {
  const dimensions = Array.isArray(trace['dimensions']) ? trace['dimensions'] : [];
  const columns = dimensions.filter(isJsonObject).map((dimension, index): [string, Value[]] => {
    const values = readValues(dimension['values']) ?? [];
    const marks = readValues(dimension['tickvals']) ?? [];
    const names = readValues(dimension['ticktext']) ?? [];
    const nameOf = new Map(marks.map((mark, at) => [mark, names[at] ?? mark]));
    const label = titleText(dimension['label']) ?? `Dimension ${index + 1}`;
    return [label, values.map((value) => nameOf.get(value) ?? value)];
  });
  const line = isJsonObject(trace['line']) ? trace['line'] : {};
  const [counts, colors] = [readValues(trace['counts']), readValues(line['color'])];
  return [
    ...columns,
    ...(counts === undefined ? [] : [['Count', counts] as [string, readonly Value[]]]),
    ...(colors === undefined ? [] : [['Colour', colors] as [string, readonly Value[]]]),
  ];
}

/** A table of plotly's own. */
export function tableTable(traces: readonly Trace[]): DataTable | undefined {
  const [trace] = traces;
  if (trace === undefined || traces.length > 1) return undefined;
  const header = isJsonObject(trace['header']) ? trace['header'] : {};
  const cells = isJsonObject(trace['cells']) ? trace['cells'] : {};
  const heads = lists(header['values']);
  const formats = lists(cells['format']).map(([format]) => format);
  const values = lists(cells['values']);
  const columns = Array.from(
    { length: Math.max(heads.length, values.length) },
    (_, index): DataColumn => {
      const label = (heads[index] ?? []).map((line) => titleText(String(line ?? ''))).join(' ');
      const format = formats[index] ?? formats[0];
      return typeof format === 'string' && format !== ''
        ? { label, format: numberFormat(format) }
        : nameColumn(label);
    },
  );
  const rows = byRow(values);
  // Headers alone are a table without rows.
  return columns.length === 0 ? undefined : { columns, rows };
}

/** A list of lists; a single value is a list of one. */
function lists(value: Json | undefined): readonly (readonly Value[])[] {
  if (!Array.isArray(value)) {
    const flat = readValues(value);
    return flat?.map((one) => [one]) ?? [];
  }
  return value.map((item) => readValues(item) ?? readValues([item]) ?? []);
}

/** Numbers with their references. */
export function indicatorTable(traces: readonly Trace[]): DataTable | undefined {
  const labels = ['Value', 'Reference'];
  const columns = [nameColumn('Measure'), ...plainColumns(labels)];
  return seriesTable(traces, columns, (trace) => {
    const delta = isJsonObject(trace['delta']) ? trace['delta'] : {};
    const [value, reference] = [trace['value'], delta['reference']].map((one) =>
      typeof one === 'number' || typeof one === 'string' ? one : null,
    );
    return value === null || value === undefined
      ? []
      : [[titleText(trace['title']) ?? null, value, reference ?? null]];
  });
}

/** Columns as rows; a short column is padded. */
function byRow(columns: readonly (readonly Value[])[]): Value[][] {
  const length = columns.reduce((most, { length: one }) => Math.max(most, one), 0);
  return Array.from({ length }, (_, row) => columns.map((column) => column[row] ?? null));
}
