// Metric cards: `metric(…)`.

import { isDecimal, metricType, readMetric, type GoodDirection } from '../chart/metric/metric.js';
import { comparisonOf, targetOf } from '../chart/metric/metric-words.js';
import { escapeHtml } from '../text/escape-html.js';
import { requireFigureId } from './figure-id.js';
import { toJsonValue, type JsonValue, type MimeBundle } from './mime-bundle.js';
import { formatDate, formatMonth, formatNumber } from './wording.js';

/** What a metric card shows. */
export interface MetricOptions {
  /** Its name in addresses, unique in the notebook, like `churn-rate`. Default: made of the label. */
  id?: string;
  /** What is measured, in two or three words. */
  label: string;
  /**
   * The number; text that is no number stands for one; null: a dash. Numbers get separated thousands and up to two
   * digits after the point, unless {@link MetricOptions.format} says otherwise.
   */
  value: number | bigint | string | null;
  /** How the number, its target and its comparison are written, like `formatPercent`. */
  format?: (value: number) => string;
  /** The unit, set small after the value, like `days`. */
  unit?: string;
  /** What the number is of, for programs: `2019`, `2019-11`, `2019-11-30`, or words. */
  period?: string;
  /** The change against the period before, with its sign in words: `2.1 points more than in April`. */
  change?: string;
  /** What the number is of, for readers. Default: the period. */
  caption?: string;
  /** What it should be. Its text says whether it is reached where {@link MetricOptions.goodDirection} is given. */
  target?: number | bigint;
  /** Another number, and what that is of: `{ value: 738, of: 'October 2019' }`. Null or undefined: it is left out. */
  comparison?: { value: number | bigint | null | undefined; of: string };
  /** Which way is good: comparison and target then say `better`, `worse`, `reached`. Default: they judge nothing. */
  goodDirection?: GoodDirection;
  /** The values of the periods up to this one, oldest first, drawn as a small line; null leaves a gap. */
  trend?: readonly (number | bigint | null)[];
  rows?: undefined;
}

/**
 * A metric card as one output: the card's data, and HTML and plain text that say the same.
 *
 * @throws TypeError for an id that cannot stand in addresses.
 */
export function metricBundle({ format, rows: _none, ...options }: MetricOptions): MimeBundle {
  requireFigureId(options.id);
  const { value, target, comparison, period, ...others } = options;
  const write = (number: number | bigint) =>
    format === undefined ? formatNumber(number) : format(Number(number));
  const measure = (number: number | bigint | null | undefined) =>
    number === null || number === undefined || Number.isNaN(number)
      ? undefined
      : { number, text: write(number) };
  const compared = measure(comparison?.value);
  const data = toJsonValue({
    ...others,
    value:
      typeof value === 'string'
        ? textOf(value, format)
        : value === null
          ? formatNumber(value)
          : write(value),
    number:
      typeof value === 'string' ? (isDecimal(value) ? value : undefined) : (value ?? undefined),
    period,
    caption: options.caption ?? (period === undefined ? undefined : periodText(period)),
    target: measure(target),
    comparison: compared === undefined ? undefined : { ...compared, of: comparison?.of },
  });
  return { [metricType]: data, ...wordsOf(data, options.label) };
}

/** Numbers of Postgres that are text keep their digits, unless a format is given. */
function textOf(value: string, format: MetricOptions['format']): string {
  return format !== undefined && isDecimal(value) ? format(Number(value)) : value;
}

/** A period in words: `November 2019`. */
function periodText(period: string): string {
  if (/^\d{4}-(?:0[1-9]|1[0-2])$/.test(period)) return formatMonth(`${period}-01`);
  return /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(period)
    ? formatDate(period)
    : period;
}

/** The card for front ends that do not know its data. */
function wordsOf(data: JsonValue, name: string): { 'text/html': string; 'text/plain': string } {
  const metric = readMetric(data);
  if (metric === undefined) return { 'text/html': escapeHtml(name), 'text/plain': name };
  const { label, value, unit, change, caption } = metric;
  const measure = unit === undefined ? value : `${value} ${unit}`;
  const standings = [comparisonOf(metric)?.words, targetOf(metric)?.words];
  const notes = [...standings, change, caption].filter((note) => note !== undefined);
  return {
    'text/html':
      `<p class="daybook-metric">${escapeHtml(label)}: ` +
      `<strong>${escapeHtml(measure)}</strong>` +
      notes.map((note) => `<br><small>${escapeHtml(note)}</small>`).join('') +
      '</p>',
    'text/plain': [`${label}: ${measure}`, ...notes].join('\n'),
  };
}
