// Metric cards as data: one number with its label, change, comparison, target and trend.

import { currentLocale, numberFormatter } from '../../text/locale.js';
import { type Json, isJsonObject } from '../../nbformat/notebook.js';

/** MIME type of metric cards, see `daybook/display`. */
export const metricType = 'application/vnd.daybook.metric+json';

/** A number; as text where a double would round it. */
export type MetricNumber = number | string;

/** A number with the text that shows it. */
export interface Measure {
  readonly number: MetricNumber;
  readonly text: string;
}

/** Which way is good. */
export type GoodDirection = 'up' | 'down';

/** One number as a card. */
export interface Metric {
  /** The id that the notebook gives; undefined: none. */
  readonly id: string | undefined;
  readonly label: string;
  readonly value: string;
  /** The number behind the value; undefined: only its text is known, or there is none. */
  readonly number: MetricNumber | undefined;
  readonly unit: string | undefined;
  /** What the number is of: `2019-11`, or words. */
  readonly period: string | undefined;
  readonly change: string | undefined;
  readonly caption: string | undefined;
  readonly target: Measure | undefined;
  /** Another number, and what it is of. */
  readonly comparison: (Measure & { readonly of: string }) | undefined;
  readonly goodDirection: GoodDirection | undefined;
  /** Values of the periods up to this one, oldest first; null leaves a gap. */
  readonly trend: readonly (number | null)[];
}

/** A metric of an output; undefined when label or value is missing. */
export function readMetric(value: Json | undefined): Metric | undefined {
  if (!isJsonObject(value)) return undefined;
  const text = (name: string) => textIn(value[name]);
  const given = value['value'];
  const shown =
    typeof given === 'number'
      ? numberFormatter(currentLocale(), { signDisplay: 'negative' }).format(given)
      : text('value');
  const label = text('label');
  if (label === undefined || shown === undefined) return undefined;
  const trend = Array.isArray(value['trend']) ? value['trend'] : [];
  const comparison = measureIn(value['comparison']);
  const of = isJsonObject(value['comparison']) ? textIn(value['comparison']['of']) : undefined;
  const direction = value['goodDirection'];
  return {
    id: text('id'),
    label,
    value: shown,
    number: numberIn(value['number']) ?? numberIn(given),
    unit: text('unit'),
    period: text('period'),
    change: text('change'),
    caption: text('caption'),
    target: measureIn(value['target']),
    comparison: comparison === undefined || of === undefined ? undefined : { ...comparison, of },
    goodDirection: direction === 'up' || direction === 'down' ? direction : undefined,
    trend: trend.slice(-500).map((item) => (typeof item === 'number' ? item : null)),
  };
}

function textIn(field: Json | undefined): string | undefined {
  return typeof field === 'string' && field.trim() !== '' ? field : undefined;
}

/** A number, or its digits as text. */
function numberIn(field: Json | undefined): MetricNumber | undefined {
  if (typeof field === 'number') return field;
  return typeof field === 'string' && isDecimal(field) ? field : undefined;
}

/** Whether a text is a number as Postgres writes `numeric` and `bigint`. */
export function isDecimal(text: string): boolean {
  return text.length <= 1000 && /^-?\d+(?:\.\d+)?$/.test(text);
}

function measureIn(field: Json | undefined): Measure | undefined {
  if (!isJsonObject(field)) return undefined;
  const number = numberIn(field['number']);
  const text = textIn(field['text']);
  return number === undefined || text === undefined ? undefined : { number, text };
}
