// Indicators: a number, its difference to a reference, a gauge.

import { isJsonObject, type Json } from '../../../nbformat/notebook.js';
import type { Element } from 'hast';
import { titleText, type Figure } from '../../figure/figure.js';
import { numberFormat, type Format } from '../../figure/format.js';
import { numberOf } from '../../figure/values.js';
import {
  traceScenes,
  type FigureTrace,
  type Scene,
  type SceneSize,
  type Trace,
} from '../drawing/scene.js';
import { linearScale, shortened } from '../scale.js';
import { round, svgElement as s } from '../svg.js';

/** A number with what stands beside it. */
interface Indicator {
  readonly value: number;
  readonly text: string;
  readonly title: string | undefined;
  readonly delta:
    | { readonly text: string; readonly tone: 'rises' | 'falls' | undefined }
    | undefined;
  readonly gauge: Gauge | undefined;
}

interface Gauge {
  readonly span: readonly [number, number];
  readonly threshold: number | undefined;
}

/** Each number in its own part. */
export function indicatorScenes(
  traces: readonly FigureTrace[],
  figure: Figure,
): readonly Scene[] | undefined {
  return traceScenes(traces, figure, ({ trace }) => {
    const indicator = readIndicator(trace);
    return indicator && ((size) => drawIndicator(indicator, size));
  });
}

function readIndicator(trace: Trace): Indicator | undefined {
  const value = finite(trace['value']);
  if (value === undefined) return undefined;
  const mode = typeof trace['mode'] === 'string' ? trace['mode'] : 'number';
  const number = isJsonObject(trace['number']) ? trace['number'] : {};
  return {
    value,
    text: mode.includes('number') ? formatOf(number)(value) : '',
    title: titleText(trace['title']),
    delta: mode.includes('delta') ? readDelta(trace['delta'], value) : undefined,
    gauge: mode.includes('gauge') ? readGauge(trace['gauge'], value) : undefined,
  };
}

function finite(value: Json | undefined): number | undefined {
  const number =
    typeof value === 'number' || typeof value === 'string' ? numberOf(value) : undefined;
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

function formatOf(settings: Trace): Format {
  const text = (name: string) => {
    const found = settings[name];
    return typeof found === 'string' ? found : undefined;
  };
  return numberFormat(text('valueformat'), text('prefix'), text('suffix'));
}

function readDelta(settings: Json | undefined, value: number): Indicator['delta'] {
  const delta = isJsonObject(settings) ? settings : {};
  const reference = finite(delta['reference']) ?? 0;
  const isRelative = delta['relative'] === true;
  const difference = isRelative && reference !== 0 ? value / reference - 1 : value - reference;
  if (!Number.isFinite(difference)) return undefined;
  const format =
    isRelative && delta['valueformat'] === undefined ? numberFormat('.1%') : formatOf(delta);
  const sign = difference > 0 ? '▲ ' : difference < 0 ? '▼ ' : '';
  const tone = difference > 0 ? 'rises' : difference < 0 ? 'falls' : undefined;
  return { text: `${sign}${format(Math.abs(difference))}`, tone };
}

function readGauge(settings: Json | undefined, value: number): Gauge | undefined {
  const gauge = isJsonObject(settings) ? settings : {};
  const axis = isJsonObject(gauge['axis']) ? gauge['axis'] : {};
  const range = Array.isArray(axis['range']) ? axis['range'] : [];
  const [from, to] = [finite(range[0]) ?? 0, finite(range[1]) ?? (value > 0 ? value * 1.5 : 1)];
  const threshold = isJsonObject(gauge['threshold'])
    ? finite(gauge['threshold']['value'])
    : undefined;
  return from < to && Number.isFinite(to - from) ? { span: [from, to], threshold } : undefined;
}

function drawIndicator(
  { text, title, delta, gauge, value }: Indicator,
  size: SceneSize,
): readonly Element[] {
  const { width, height, hasAxes } = size;
  const center = round(width / 2);
  const line = (words: string, y: number, fontSize: number, className: string[]) => {
    const room = Math.max(1, (width - 16) * (6.4 / (fontSize * 0.6)));
    // Scaled, because attributes of fonts lose against the style sheet, and pages permit no styles in elements.
    const transform = `translate(${center} ${round(y)}) scale(${round((fontSize / 12) * 10) / 10})`;
    return s('text', { className, transform, textAnchor: 'middle' }, shortened(words, room));
  };
  const fit = Math.min(height * 0.3, (width - 16) / Math.max(1, text.length * 0.65), 48);
  const large = round(Math.max(12, fit));
  const small = round(Math.max(11, Math.min(18, large * 0.4)));
  const middle =
    height / 2 + (hasAxes && title !== undefined ? 10 : 0) - (gauge === undefined ? 0 : 8);
  const bottom = middle + large * 0.35;
  return [
    ...(title !== undefined && hasAxes
      ? [line(title, middle - large * 0.65 - 8, 14, ['legend'])]
      : []),
    ...(text === '' ? [] : [line(text, bottom, large, ['number'])]),
    ...(delta === undefined
      ? []
      : [
          line(delta.text, bottom + small + 8, small, [
            'delta',
            ...(delta.tone === undefined ? [] : [delta.tone]),
          ]),
        ]),
    ...(gauge === undefined
      ? []
      : drawGauge(gauge, value, width, bottom + (delta === undefined ? 14 : small + 20), hasAxes)),
  ];
}

/** A bar from the gauge's least to its value, with a line at its threshold. */
function drawGauge(
  { span, threshold }: Gauge,
  value: number,
  width: number,
  top: number,
  hasAxes: boolean,
): Element[] {
  const scale = linearScale(span, [16, width - 16]);
  const at = (number: number) => round(scale(Math.min(span[1], Math.max(span[0], number))));
  const [y, height] = [round(top), hasAxes ? 14 : 6];
  const format = numberFormat(undefined);
  return [
    s('rect', { className: ['land'], x: 16, y, width: round(Math.max(0, width - 32)), height }),
    s('rect', { className: ['bar', 'series-1'], x: 16, y, width: round(at(value) - 16), height }),
    ...(threshold === undefined
      ? []
      : [
          s('path', {
            className: ['outline', 'series-2'],
            d: `M${at(threshold)} ${y - 3}v${height + 6}`,
          }),
        ]),
    ...(hasAxes
      ? [
          s('text', { x: 16, y: y + height + 14 }, format(span[0])),
          s(
            'text',
            { x: round(width - 16), y: y + height + 14, textAnchor: 'end' },
            format(span[1]),
          ),
        ]
      : []),
  ];
}
