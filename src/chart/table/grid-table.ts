import { isJsonObject } from '../../nbformat/notebook.js';
import { nameColumn, plainColumns, seriesTable, type DataTable, type Trace } from './data-rows.js';
import { titleText, type Figure } from '../figure/figure.js';
import { readGrid, readValues } from '../figure/values.js';

/** More columns than this are no table that anybody reads: then each cell gets a row of its own. */
const mostColumns = 60;

/** One grid of values as itself: a row and a column for each of its own. */
export function gridTable(
  traces: readonly Trace[],
  layout: Figure['layout'],
): DataTable | undefined {
  const [trace] = traces;
  if (trace === undefined || traces.length > 1 || trace['surfacecolor'] !== undefined) {
    return undefined;
  }
  const cells = readGrid(trace['z']);
  if (cells === undefined || cells.length === 0) return undefined;
  const width = cells.reduce((most, row) => Math.max(most, row.length), 0);
  const across = readValues(trace['x']) ?? Array.from({ length: width }, (_, index) => index);
  const down = readValues(trace['y']) ?? cells.map((_, index) => index);
  const isBent = [trace['x'], trace['y']].some(
    (place) => place !== undefined && readValues(place) === undefined,
  );
  if (isBent || across.length > mostColumns) return undefined;
  const axisTitle = (name: 'xaxis' | 'yaxis') => {
    const axis = layout[name];
    return isJsonObject(axis) ? titleText(axis['title']) : undefined;
  };
  const corner = [axisTitle('yaxis'), axisTitle('xaxis')].filter((title) => title !== undefined);
  return {
    columns: [
      nameColumn(corner.join(' \\ ')),
      ...plainColumns(across.map((value) => String(value ?? ''))),
    ],
    rows: cells.map((row, index) => [
      down[index] ?? null,
      ...across.map((_, column) => row[column] ?? null),
    ]),
  };
}

/** The colours of a picture, a row for each of its points. */
export function imageTable(traces: readonly Trace[]): DataTable | undefined {
  const columns = plainColumns(['x', 'y', 'Colour 1', 'Colour 2', 'Colour 3', 'Colour 4']);
  return seriesTable(traces, columns, (trace) => {
    const rows = Array.isArray(trace['z']) ? trace['z'] : [];
    return rows.flatMap((row, y) =>
      (Array.isArray(row) ? row : []).map((color, x) => [
        x,
        y,
        ...Array.from({ length: 4 }, (_, part) => readValues(color)?.[part] ?? null),
      ]),
    );
  });
}
