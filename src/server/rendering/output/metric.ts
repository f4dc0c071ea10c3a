// Metric cards: a number with its label, change and trend.

import type { Element } from 'hast';
import { h, s } from 'hastscript';
import { type Json, isJsonObject } from '../../../nbformat/notebook.js';
import { linearScale } from '../../../chart/picture/scale.js';

/** MIME type of metric cards, see `daybook/display`. */
export const metricType = 'application/vnd.daybook.metric+json';

/** One number as a card. */
export interface Metric {
  readonly label: string;
  readonly value: string;
  readonly unit: string | undefined;
  readonly change: string | undefined;
  readonly caption: string | undefined;
  /** Values of the periods up to this one, oldest first; null leaves a gap. */
  readonly trend: readonly (number | null)[];
}

/** A metric of an output; undefined when label or value is missing. */
export function readMetric(value: Json): Metric | undefined {
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
    label,
    value: shown,
    unit: text('unit'),
    change: text('change'),
    caption: text('caption'),
    trend: trend.slice(-500).map((item) => (typeof item === 'number' ? item : null)),
  };
}

/** The cards of one cell, side by side. */
export function metricCards(metrics: readonly Metric[]): Element {
  return h('div', { className: 'metrics' }, metrics.map(card));
}

function card({ label, value, unit, change, caption, trend }: Metric): Element {
  return h('div', { className: 'metric' }, [
    h('p', { className: 'metric-label' }, label),
    h('p', { className: 'metric-value' }, [
      unbroken(value),
      unit === undefined ? undefined : h('span', { className: 'metric-unit' }, `\u00a0${unit}`),
    ]),
    sparkline(trend),
    change === undefined ? undefined : h('p', { className: 'metric-change' }, change),
    caption === undefined ? undefined : h('p', { className: 'metric-caption' }, caption),
  ]);
}

/** Prevents a line break between a number and a short unit, as in `$34.1 m`. */
function unbroken(value: string): string {
  return value.replace(/(?<=\d) (?=\S{1,4}(?:\s|$))/g, '\u00a0');
}

const width = 120;
const height = 28;

/** The trend as a sparkline; its values are in the page's charts and tables. */
function sparkline(trend: readonly (number | null)[]): Element | undefined {
  const numbers = trend.filter((item) => item !== null);
  if (numbers.length < 2) return undefined;
  const x = linearScale([0, trend.length - 1], [2, width - 4]);
  const least = Math.min(...numbers);
  const most = Math.max(...numbers);
  const y = least === most ? () => height / 2 : linearScale([least, most], [height - 4, 4]);
  const points = trend.map((item, index) =>
    item === null ? undefined : `${x(index).toFixed(1)} ${y(item).toFixed(1)}`,
  );
  const path = points
    .map((point, index) =>
      point === undefined ? '' : `${points[index - 1] === undefined ? 'M' : 'L'}${point}`,
    )
    .join('');
  const [cx, cy] = points.findLast((point) => point !== undefined)?.split(' ') ?? [];
  return s(
    'svg',
    {
      className: 'sparkline',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      ariaHidden: 'true',
    },
    [s('path', { d: path }), s('circle', { cx, cy, r: 2.5 })],
  );
}
