/**
 * `daybook/display`: what a notebook shows beside text. Every function puts one output under the cell
 * that calls it, in representations for Daybook's pages, JupyterLab, VS Code and plain text.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { takeGivenLocale } from './given-locale.js';
import { kernelDisplay } from './kernel.js';
import { htmlBundle, markdownBundle, type MimeBundle } from './mime-bundle.js';
import { metricBundle, type MetricOptions } from './metric.js';
import { rowsMetricBundle, type RowsMetricOptions } from './metric-rows.js';
import { plotBundle, type PlotOptions } from './plot.js';
import { rowsPlotBundle, type RowsPlotOptions } from './plot-rows.js';
import { tableBundle, type TableOptions } from './table.js';

export type { MetricOptions } from './metric.js';
export type { JsonValue, MimeBundle } from './mime-bundle.js';
export type { RowsMetricOptions } from './metric-rows.js';
export type { PlotOptions } from './plot.js';
export type { RowsPlotOptions } from './plot-rows.js';
export type { RowDimension, RowField, RowFilter, RowMeasure, RowSum } from './rows.js';
export type {
  PlotlyAxis,
  PlotlyLayout,
  PlotlyLine,
  PlotlyMarker,
  PlotlyTrace,
  PlotlyValues,
} from './plotly.js';
export type { TableColumn, TableOptions } from './table.js';
export {
  formatCount,
  formatDate,
  formatList,
  formatMonth,
  formatNumber,
  formatPercent,
} from './wording.js';

takeGivenLocale();

/**
 * Shows a chart.
 *
 * @example
 * plot({
 *   title: `Churn peaked in ${formatMonth(peak.month)} at ${formatPercent(peak.churn_rate)}`,
 *   caption: 'Customers lost in the month, as a share of those active at its end.',
 *   data: [{ type: 'bar', x: rows.map((row) => row.month), y: rows.map((row) => row.churn_rate) }],
 *   layout: { yaxis: { title: { text: 'Churn rate' }, tickformat: '.0%', rangemode: 'tozero' } },
 *   source: 'gold.monthly_churn',
 * });
 *
 * @example
 * plot({
 *   title: 'Churn by month',
 *   rows,
 *   x: { field: 'month', bin: 'month' },
 *   y: { ratio: [{ sum: 'lost' }, { sum: 'active' }], label: 'Churn rate' },
 *   filter: ['province'],
 * });
 *
 * @param options - Title, words, and either plotly's `data` and `layout` or rows with what is drawn of them.
 */
export function plot<Row extends object>(options: PlotOptions | RowsPlotOptions<Row>): void {
  kernelDisplay().display(
    options.rows === undefined ? plotBundle(options) : rowsPlotBundle(options),
  );
}

/**
 * Shows rows as a table. Numbers stand at the right, missing values are a dash.
 *
 * @example
 * table(rows, {
 *   caption: 'Churn by month',
 *   columns: [
 *     { key: 'month', label: 'Month', format: formatMonth },
 *     'active_customers',
 *   ],
 * });
 *
 * @param rows - Objects of one shape, as `query` returns them.
 * @param options - Caption, columns, and how many rows at most (default 100).
 */
export function table<Row extends object>(
  rows: readonly Row[],
  options: TableOptions<Row> = {},
): void {
  kernelDisplay().display(tableBundle(rows, options));
}

/**
 * Shows one number as a card. Cards of one cell stand side by side.
 *
 * @example
 * metric({
 *   label: 'Active customers',
 *   value: latest.active_customers,
 *   change: '12 fewer than in November',
 *   caption: formatMonth(latest.month),
 *   trend: rows.map((row) => row.active_customers),
 * });
 *
 * @example
 * metric({ label: 'Revenue', rows, value: { sum: 'amount' }, format: ',.2f', filter: ['province'] });
 *
 * @param options - The number and what it is of, or rows with what is added up of them.
 */
export function metric<Row extends object>(options: MetricOptions | RowsMetricOptions<Row>): void {
  kernelDisplay().display(
    options.rows === undefined ? metricBundle(options) : rowsMetricBundle(options),
  );
}

/**
 * Shows markdown, for sentences that hold computed numbers.
 *
 * @example
 * markdown(`**${formatCount(lost, 'customer')}** left in ${formatMonth(month)}.`);
 */
export function markdown(text: string): void {
  kernelDisplay().display(markdownBundle(text));
}

/**
 * Shows HTML. Daybook's pages keep its structure and drop scripts, styles and forms.
 *
 * @example
 * html('<dl><dt>Source</dt><dd>twelve files</dd></dl>');
 */
export function html(text: string): void {
  kernelDisplay().display(htmlBundle(text));
}

/** Something that is shown, see {@link display}. */
export interface Displayed {
  /** Puts something else in its place, wherever it is shown. */
  update(bundle: MimeBundle): void;
}

/**
 * Shows one thing in representations of your own, by MIME type; a front end takes the richest that it
 * knows. What is shown can be changed later, for progress.
 *
 * @example
 * const progress = display({ 'text/plain': 'begun' });
 * progress.update({ 'text/plain': 'half done' });
 */
export function display(bundle: MimeBundle): Displayed {
  const id = randomUUID();
  kernelDisplay().display(bundle, undefined, id);
  return {
    update: (next) => {
      kernelDisplay().update(next, undefined, id);
    },
  };
}

/**
 * Removes what the cell has put out so far.
 *
 * @param options - `wait`: only when the next output comes, so that nothing flickers.
 */
export function clearOutput(options: { wait?: boolean } = {}): void {
  kernelDisplay().clear(options.wait);
}
