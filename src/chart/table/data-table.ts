// This folder makes a table of a figure's data (this file: which kind of table for which kind of trace), and CSV of it.

import { dimensionsTable, indicatorTable, tableTable } from './dimension-tables.js';
import type { DataTable, Trace } from './data-rows.js';
import type { Figure } from '../figure/figure.js';
import { gridTable, imageTable } from './grid-table.js';
import { listedTable } from './listed-table.js';
import { flowsTable, partsTable, slicesTable } from './part-tables.js';
import { positionTable } from './position-table.js';
import { traceType } from '../figure/trace-types.js';

type TableOf = (traces: readonly Trace[], layout: Figure['layout']) => DataTable | undefined;

/** Kinds whose data are not points. */
const tables: Readonly<Record<string, TableOf>> = {
  ...{ pie: slicesTable, funnelarea: slicesTable },
  ...{ sunburst: partsTable, treemap: partsTable, icicle: partsTable },
  sankey: flowsTable,
  ...{ splom: dimensionsTable, parcoords: dimensionsTable, parcats: dimensionsTable },
  ...{ table: tableTable, indicator: indicatorTable },
  ...{ heatmap: gridTable, contour: gridTable, surface: gridTable },
  ...{ heatmapgl: gridTable, contourgl: gridTable },
  image: imageTable,
};

/** Kinds of which several share their rows. */
const overPositions = new Set(['bar', 'scatter', 'scattergl', 'funnel']);

/** The data of a chart as one table; undefined when its traces hold none that fits in rows. */
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
