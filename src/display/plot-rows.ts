// Charts of rows: `plot({ rows, x, y, … })`.

import { isJsonObject } from '../nbformat/notebook.js';
import { chartOfRows } from '../chart/rows/chart-of-rows.js';
import { markKinds, type ChartGrammar } from '../chart/rows/grammar.js';
import { rowsOf } from '../chart/rows/rows.js';
import { shownRowsType } from '../chart/rows/shown-rows.js';
import { toJsonValue, type MimeBundle } from './mime-bundle.js';
import { plotBundle, type PlotOptions } from './plot.js';
import type { PlotlyLayout } from './plotly.js';
import {
  encodeRows,
  isMeasure,
  rowsJson,
  settleDimension,
  settleMeasure,
  type RowDimension,
  type RowFilter,
  type RowMeasure,
} from './rows.js';

/** What a chart of rows is made of: rows in long form, and what is drawn of them. */
export interface RowsPlotOptions<Row extends object> extends Pick<
  PlotOptions,
  'id' | 'title' | 'caption' | 'alt' | 'source'
> {
  /** Objects of one shape, as `query` returns them; at most 100,000. */
  rows: readonly Row[];
  /** What runs across: a field, or what is added up, of bars that lie. */
  x: RowDimension<Row> | RowMeasure<Row>;
  /** What is added up: `{ sum: 'amount' }`. Or a field, of bars that lie. */
  y: RowMeasure<Row> | RowDimension<Row>;
  /** The field with a series for each value. */
  color?: RowDimension<Row>;
  /** The field with a panel for each value. */
  facet?: RowDimension<Row>;
  /** What readers choose from; what they choose holds for everything on the page that has the field. */
  filter?: readonly RowFilter<Row>[];
  /** Default: a line over dates and numbers, otherwise bars. */
  mark?: 'bar' | 'line' | 'area' | 'point';
  /** How amounts are written, as d3-format has it: `,d`, `.1%`. */
  format?: string;
  /** Whether bars of several series stand side by side rather than on one another. */
  grouped?: boolean;
  /** Axes and the like, beyond what the rows say. */
  layout?: PlotlyLayout;
  data?: undefined;
}

/**
 * A chart of rows as one output: its rows with what is drawn of them, for pages, and plotly's figure of all of them,
 * picture and words for everybody else.
 *
 * @throws TypeError for fields that the rows lack and measures that cannot be added up; RangeError for too many rows.
 */
export function rowsPlotBundle<Row extends object>(options: RowsPlotOptions<Row>): MimeBundle {
  const { rows, x, y, color, facet, filter, mark, format, grouped, layout } = options;
  const isLying = isMeasure(x);
  if (isLying === isMeasure(y)) {
    throw new TypeError(
      isLying
        ? 'x and y are measures both: one of them is a field.'
        : 'x and y are fields both: one of them is a measure, like { sum: … } or { count: "*" }.',
    );
  }
  const position = settleDimension(isLying ? y : x, isLying ? 'y' : 'x');
  if (mark !== undefined && !markKinds.includes(mark)) {
    throw new TypeError(
      `There is no mark ${JSON.stringify(mark)}; there are ${markKinds.join(', ')}.`,
    );
  }
  const own = layout === undefined ? undefined : toJsonValue(layout);
  const wanted: ChartGrammar = {
    kind: 'chart',
    mark: mark ?? 'bar',
    position,
    measure: settleMeasure(isLying ? x : y, isLying ? 'x' : 'y'),
    isLying,
    ...(color === undefined ? {} : { color: settleDimension(color, 'color') }),
    ...(facet === undefined ? {} : { facet: settleDimension(facet, 'facet') }),
    ...(format === undefined ? {} : { format }),
    ...(grouped === true ? { isGrouped: true } : {}),
    ...(own !== undefined && isJsonObject(own) ? { layout: own } : {}),
  };
  const encoded = encodeRows(rows, wanted, filter);
  const type = encoded.columns[position.field]?.type;
  const isOrdered = !isLying && (type === 'date' || type === 'number');
  const grammar = mark === undefined && isOrdered ? { ...wanted, mark: 'line' as const } : wanted;
  const figure = chartOfRows(rowsOf(new Map(Object.entries(encoded.columns))), grammar);
  const { id, title, caption, alt, source } = options;
  const words: Record<string, unknown> = { id, title, caption, alt, source };
  const given = Object.fromEntries(Object.entries(words).filter(([, word]) => word !== undefined));
  const bundle = plotBundle({
    ...(given as Pick<PlotOptions, 'id' | 'title' | 'caption' | 'alt' | 'source'>),
    data: figure.data,
    layout: figure.layout,
  });
  return { ...bundle, [shownRowsType]: rowsJson({ ...encoded, grammar }) };
}
