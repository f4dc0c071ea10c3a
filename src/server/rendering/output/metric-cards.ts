// Metric cards on pages: a number with its label, change and trend.

import type { Element } from 'hast';
import { h, s } from 'hastscript';
import { comparisonOf, targetOf, type Standing } from '../../../chart/metric/metric-words.js';
import type { Metric } from '../../../chart/metric/metric.js';
import { linearScale } from '../../../chart/picture/scale.js';
import { figureAnchor } from '../../paths.js';

/** The most characters of a value that stand beside a trend on a phone. */
const mostBesideTrend = 9;

/** A card with its name on the page. */
export interface NamedMetric {
  readonly name: string;
  readonly metric: Metric;
  /** Its rows as data, where readers choose among them. */
  readonly rows?: Element | undefined;
}

/** The cards of one cell, side by side. */
export function metricCards(metrics: readonly NamedMetric[]): Element {
  return h('div', { className: 'metrics' }, metrics.map(card));
}

function card({ name, metric, rows }: NamedMetric): Element {
  const { label, value, unit, change, caption, trend } = metric;
  const [comparison, target] = [comparisonOf(metric), targetOf(metric)];
  return h('div', { className: 'metric', id: figureAnchor(name) }, [
    h('p', { className: 'metric-label' }, label),
    h('p', { className: ['metric-value', ...(value.length > mostBesideTrend ? ['long'] : [])] }, [
      unbroken(value),
      unit === undefined ? undefined : h('span', { className: 'metric-unit' }, `\u00a0${unit}`),
    ]),
    sparkline(trend),
    comparison && standing(comparison, arrows[comparison.direction]),
    target && standing(target, target.verdict === undefined ? '' : marks[target.verdict]),
    change === undefined ? undefined : h('p', { className: 'metric-change' }, change),
    caption === undefined ? undefined : h('p', { className: 'metric-caption' }, caption),
    rows,
  ]);
}

const arrows = { up: '▲', down: '▼', same: '' };
const marks = { good: '✓', bad: '✗' };

/** A comparison or target: words that say all, and a sign and a colour that are seen sooner. */
function standing({ verdict, words }: Standing, sign: string): Element {
  const className = ['metric-standing', ...(verdict === undefined ? [] : [`metric-${verdict}`])];
  return h('p', { className }, [
    sign === '' ? undefined : h('span', { ariaHidden: 'true' }, `${sign}\u00a0`),
    unbroken(words),
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
