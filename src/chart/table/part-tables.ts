import { isJsonObject } from '../../nbformat/notebook.js';
import { nameColumn, plainColumns, seriesTable, type DataTable, type Trace } from './data-rows.js';
import { readValues, type Value } from '../figure/values.js';

/** Slices of pies; those that have no size are counted by their label. */
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

/** Parts of parts, each with the whole that it belongs to. */
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

/** Flows from node to node. */
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
