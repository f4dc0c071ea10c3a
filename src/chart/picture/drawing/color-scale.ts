// Scales of colours: numbers become one of eleven tones, classes of the stylesheet that are readable in light and
// dark, or colours between those that the figure gives.

import { type Json, isJsonObject, type JsonObject } from '../../../nbformat/notebook.js';
import { titleText } from '../../figure/figure.js';
import { numberOf, type Value } from '../../figure/values.js';

/** The number of tones of a scale. */
export const toneCount = 11;

/** Class or colour of a number on a scale. */
export interface Tone {
  readonly tone: string | undefined;
  readonly color: string | undefined;
}

/** A scale from numbers to tones. */
export interface ColorScale {
  readonly title: string | undefined;
  readonly span: readonly [number, number];
  /** Whether the figure wants its bar beside the plot. */
  readonly hasBar: boolean;
  readonly toneOf: (value: number) => Tone;
}

/** plotly's scales whose middle is a value of its own. */
const diverging = new Set([
  ...['armyrose', 'balance', 'bluered', 'brbg', 'curl', 'delta', 'earth', 'fall', 'geyser'],
  ...['picnic', 'piyg', 'portland', 'prgn', 'puor', 'rdbu', 'rdgy', 'rdylbu', 'rdylgn', 'spectral'],
  ...['tealrose', 'tempo', 'temps', 'tropic'],
]);

/**
 * The scale of a trace's colours.
 *
 * @param holder - What has the settings: the trace, or its `marker`.
 * @param letter - `c` or `z`, as in `cmin`, `zmid`.
 */
export function readColorScale(
  values: readonly Value[],
  holder: JsonObject,
  layout: JsonObject,
  letter: 'c' | 'z',
): ColorScale {
  const name = holder['coloraxis'];
  const shared = typeof name === 'string' && /^coloraxis\d*$/.test(name) ? layout[name] : undefined;
  const [settings, prefix] = isJsonObject(shared) ? [shared, 'c'] : [holder, letter];
  const bar = isJsonObject(settings['colorbar']) ? settings['colorbar'] : {};
  const { span, hasMiddle } = scaleSpan(values, settings, prefix);
  const isReversed = settings['reversescale'] === true;
  const stops = readStops(settings['colorscale']);
  const isDiverging = isDivergingName(settings['colorscale']) || hasMiddle;
  const [least, most] = span;
  return {
    title: titleText(bar['title']),
    span,
    hasBar: settings['showscale'] !== false && holder['showscale'] !== false,
    toneOf: (value) => {
      const part = (value - least) / (most - least);
      // Spans of nothing, and those beyond all numbers, have one tone.
      const share = Number.isFinite(part) ? part : 0.5;
      const step = Math.round(Math.min(1, Math.max(0, share)) * (toneCount - 1));
      const index = isReversed ? toneCount - 1 - step : step;
      return stops === undefined
        ? { tone: `${isDiverging ? 'split' : 'tone'}-${index}`, color: undefined }
        : { tone: undefined, color: between(stops, index / (toneCount - 1)) };
    },
  };
}

function isDivergingName(scale: Json | undefined): boolean {
  return typeof scale === 'string' && diverging.has(scale.toLowerCase().replace(/_r$/, ''));
}

function scaleSpan(values: readonly Value[], settings: JsonObject, prefix: string) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    const number = numberOf(value);
    if (number === undefined || !Number.isFinite(number)) continue;
    if (number < least) least = number;
    if (number > most) most = number;
  }
  if (least > most) [least, most] = [0, 1];
  const set = (name: string): number | undefined => {
    const value = settings[`${prefix}${name}`];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const [from, to, middle] = [set('min') ?? least, set('max') ?? most, set('mid')];
  if (middle === undefined) return { span: [from, to] as const, hasMiddle: false };
  const reach = Math.max(Math.abs(from - middle), Math.abs(to - middle));
  return { span: [middle - reach, middle + reach] as const, hasMiddle: true };
}

type Rgb = readonly [number, number, number];
type Stops = readonly { readonly at: number; readonly rgb: Rgb }[];

/** The figure's own stops; undefined for names, which become the page's scales. */
function readStops(scale: Json | undefined): Stops | undefined {
  if (!Array.isArray(scale) || scale.length < 2) return undefined;
  const stops = scale.map((stop, index) => {
    const [at, color] = Array.isArray(stop) ? stop : [index / (scale.length - 1), stop];
    const rgb = typeof color === 'string' ? readRgb(color) : undefined;
    return typeof at === 'number' && rgb !== undefined ? { at, rgb } : undefined;
  });
  return stops.every((stop) => stop !== undefined) ? stops : undefined;
}

function readRgb(color: string): Rgb | undefined {
  const digits = /^#([\da-f]{6})$/i.exec(color)?.[1];
  if (digits !== undefined) {
    const number = parseInt(digits, 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  }
  const match = /^rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)$/.exec(color);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function between(stops: Stops, share: number): string {
  const after = stops.findIndex(({ at }) => at >= share);
  const to = stops[after < 0 ? stops.length - 1 : after];
  const from = after <= 0 ? to : stops[after - 1];
  const part = to && from && to.at > from.at ? (share - from.at) / (to.at - from.at) : 1;
  const channel = (index: 0 | 1 | 2) => {
    const [start, end] = [from?.rgb[index] ?? 0, to?.rgb[index] ?? 0];
    const value = Math.round(start + (end - start) * Math.min(1, Math.max(0, part)));
    return Math.min(255, value).toString(16).padStart(2, '0');
  };
  return `#${channel(0)}${channel(1)}${channel(2)}`;
}
