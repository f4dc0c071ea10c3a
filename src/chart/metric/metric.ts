// Metric cards as data: one number with its label, change and trend.

import { type Json, isJsonObject } from '../../nbformat/notebook.js';

/** MIME type of metric cards, see `daybook/display`. */
export const metricType = 'application/vnd.daybook.metric+json';

/** One number as a card. */
export interface Metric {
  /** The id that the notebook gives; undefined: none. */
  readonly id: string | undefined;
  readonly label: string;
  readonly value: string;
  readonly unit: string | undefined;
  readonly change: string | undefined;
  readonly caption: string | undefined;
  /** Values of the periods up to this one, oldest first; null leaves a gap. */
  readonly trend: readonly (number | null)[];
}

/** A metric of an output; undefined when label or value is missing. */
export function readMetric(value: Json | undefined): Metric | undefined {
  if (!isJsonObject(value)) return undefined;
  const text = (name: string) => {
    const field = value[name];
    return typeof field === 'string' && field.trim() !== '' ? field : undefined;
  };
  const number = value['value'];
  const shown =
    typeof number === 'number'
      ? new Intl.NumberFormat('en-CA', { signDisplay: 'negative' }).format(number)
      : text('value');
  const label = text('label');
  if (label === undefined || shown === undefined) return undefined;
  const trend = Array.isArray(value['trend']) ? value['trend'] : [];
  return {
    id: text('id'),
    label,
    value: shown,
    unit: text('unit'),
    change: text('change'),
    caption: text('caption'),
    trend: trend.slice(-500).map((item) => (typeof item === 'number' ? item : null)),
  };
}
