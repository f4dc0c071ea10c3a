// Metric cards: `metric(…)`.

import { metricType } from '../chart/metric/metric.js';
import { escapeHtml } from '../text/escape-html.js';
import { requireFigureId } from './figure-id.js';
import { toJsonValue, type MimeBundle } from './mime-bundle.js';
import { formatNumber } from './wording.js';

/** What a metric card shows. */
export interface MetricOptions {
  /** Its name in addresses, unique in the notebook, like `churn-rate`. Default: made of the label. */
  id?: string;
  /** What is measured, in two or three words. */
  label: string;
  /**
   * The number, or the text that stands for it, like `formatPercent(0.128)`; null: a dash.
   * Numbers get separated thousands and up to two digits after the point.
   */
  value: number | bigint | string | null;
  /** The unit, set small after the value, like `days`. */
  unit?: string;
  /** The change against the period before, with its sign in words: `2.1 points more than in April`. */
  change?: string;
  /** What the number is of, mostly its date: `May 2019`. */
  caption?: string;
  /** The values of the periods up to this one, oldest first, drawn as a small line; null leaves a gap. */
  trend?: readonly (number | bigint | null)[];
}

/**
 * A metric card as one output: the card's data, and HTML and plain text that say the same.
 *
 * @throws TypeError for an id that cannot stand in addresses.
 */
export function metricBundle(options: MetricOptions): MimeBundle {
  requireFigureId(options.id);
  const value = typeof options.value === 'string' ? options.value : formatNumber(options.value);
  const measure = options.unit === undefined ? value : `${value} ${options.unit}`;
  const notes = [options.change, options.caption].filter((note) => note !== undefined);
  return {
    [metricType]: toJsonValue({ ...options, value }),
    'text/html':
      `<p class="daybook-metric">${escapeHtml(options.label)}: ` +
      `<strong>${escapeHtml(measure)}</strong>` +
      notes.map((note) => `<br><small>${escapeHtml(note)}</small>`).join('') +
      '</p>',
    'text/plain': [`${options.label}: ${measure}`, ...notes].join('\n'),
  };
}
