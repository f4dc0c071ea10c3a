// This folder makes tables of figures: which kind of table for which trace type, and tables of grids (this file),
// and CSV.
import {
  dimensionsTable,
  indicatorTable,
  tableTable,
  flowsTable,
  partsTable,
  regionsTable,
  slicesTable,
} from './dimension-tables.js';
import { type DataTable, type Trace, nameColumn, plainColumns, seriesTable } from './data-rows.js';
import { type Figure, titleText } from '../figure/figure.js';
import { listedTable } from './listed-table.js';
import { positionTable } from './position-table.js';
import { traceType } from '../figure/trace-types.js';
import { isJsonObject } from '../../nbformat/notebook.js';
import { readGrid, readValues } from '../figure/values.js';

type TableOf = (traces: readonly Trace[], layout: Figure['layout']) => DataTable | undefined;

/** Tables of trace types whose data are not points. */
const tables: Readonly<Record<string, TableOf>> = {
  ...{ pie: slicesTable, funnelarea: slicesTable },
  ...{ sunburst: partsTable, treemap: partsTable, icicle: partsTable },
  sankey: flowsTable,
  choropleth: regionsTable,
  ...{ splom: dimensionsTable, parcoords: dimensionsTable, parcats: dimensionsTable },
  ...{ table: tableTable, indicator: indicatorTable },
  ...{ heatmap: gridTable, contour: gridTable, surface: gridTable },
  ...{ heatmapgl: gridTable, contourgl: gridTable },
  image: imageTable,
};

/** Trace types of which several share their rows. */
const overPositions = new Set(['bar', 'scatter', 'scattergl', 'funnel']);

/** The data of a chart as one table; undefined when it does not fit in rows. */
export function dataTableOf(figure: Figure): DataTable | undefined {
  const { traces, layout } = figure;
  const types = new Set(traces.map(traceType));
  const [type = ''] = types;
  const own = types.size === 1 && Object.hasOwn(tables, type) ? tables[type] : undefined;
  const shared = [...types].every((one) => overPositions.has(one));
  return (
    own?.(traces, layout) ??
    (shared ? positionTable(figure) : undefined) ??
    listedTable(traces, layout)
  );
}

/** The most columns of a grid; beyond it each cell has a row of its own. */
const mostColumns = 60;

/** A single grid of values, with its rows and columns. */
function gridTable(traces: readonly Trace[], layout: Figure['layout']): DataTable | undefined {
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

/** The colours of an image, a row for each pixel. */
function imageTable(traces: readonly Trace[]): DataTable | undefined {
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
