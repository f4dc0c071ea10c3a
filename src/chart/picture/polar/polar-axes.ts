// The two axes of a polar plot: amounts from its centre outwards, and directions around it.

import { isJsonObject, type JsonObject } from '../../../nbformat/notebook.js';
import { numberOf, readValues, type Value } from '../../figure/values.js';
import { plotAxis, type PlotAxis } from '../axes/plot-axis.js';
import type { Domain, FigureTrace, Trace } from '../drawing/scene.js';
import { readDomain } from '../drawing/scene.js';

/** A direction around the plot. */
export interface Direction {
  /** Degrees against the clock from the right. */
  readonly angle: number;
  readonly label: string;
}

/** The axes of a polar plot with its settings. */
export interface PolarAxes {
  readonly domain: Domain;
  readonly layout: JsonObject;
  readonly settings: JsonObject;
  readonly radial: PlotAxis;
  /** The angle of a position, in degrees against the clock from the right. */
  readonly angleOf: (trace: Trace, value: Value) => number | undefined;
  /** Degrees of one unit of a trace's positions. */
  readonly unitOf: (trace: Trace) => number;
  readonly directions: readonly Direction[];
  /** Whether angles grow with the clock. */
  readonly isClockwise: boolean;
  /** The share of the radius that stays free in the middle. */
  readonly hole: number;
  /** Grid lines are straight between directions, as in a radar chart. */
  readonly isStraight: boolean;
}

/** The values of a polar trace along one axis: given, or by start and step. */
export function polarValues({ trace }: FigureTrace, letter: 'r' | 'theta'): readonly Value[] {
  const found = readValues(trace[letter]);
  if (found !== undefined) return found;
  const count = readValues(trace[letter === 'r' ? 'theta' : 'r'])?.length ?? 0;
  const [start, step] = [trace[`${letter}0`], trace[`d${letter}`]];
  const usual = letter === 'r' ? 1 : 360 / Math.max(1, count) / unitDegrees(trace);
  const [from, size] = [
    typeof start === 'number' ? start : 0,
    typeof step === 'number' ? step : usual,
  ];
  return Array.from({ length: count }, (_, index) => from + index * size);
}

function unitDegrees(trace: Trace): number {
  if (trace['thetaunit'] === 'radians') return 180 / Math.PI;
  return trace['thetaunit'] === 'gradians' ? 0.9 : 1;
}

/** @returns Undefined for axes without a picture: sectors, dates around the plot, categories outwards. */
export function readPolarAxes(
  traces: readonly FigureTrace[],
  name: string,
  layout: JsonObject,
): PolarAxes | undefined {
  const settings = isJsonObject(layout[name]) ? layout[name] : {};
  if (settings['sector'] !== undefined) return undefined;
  const values = (letter: 'r' | 'theta') => traces.flatMap((one) => polarValues(one, letter));
  const radial = plotAxis(settings, 'radialaxis', values('r'), [], true);
  const thetas = values('theta');
  const angular = plotAxis(settings, 'angularaxis', thetas, thetas, false);
  if (radial?.isMeasured !== true || angular === undefined) return undefined;
  if (angular.type !== 'category' && angular.type !== 'linear') return undefined;
  const isCategory = angular.type === 'category';
  const period = Math.max(finite(angular.settings['period']) ?? 0, angular.places.length, 1);
  const isClockwise = angular.settings['direction'] === 'clockwise';
  const rotation = finite(angular.settings['rotation']) ?? (isClockwise ? 90 : 0);
  const place = (degrees: number) => (rotation + (isClockwise ? -degrees : degrees)) % 360;
  const unitOf = (trace: Trace) => (isCategory ? 360 / period : unitDegrees(trace));
  const hole = finite(settings['hole']) ?? 0;
  return {
    domain: readDomain(settings['domain'], layout),
    layout,
    settings,
    radial,
    angleOf: (trace, value) => {
      const at = angular.at(value);
      return at === undefined ? undefined : place((at * unitOf(trace)) % 360);
    },
    unitOf,
    directions: isCategory
      ? angular.places.map(({ value, at }) => ({
          angle: place((at * 360) / period),
          label: String(value),
        }))
      : eighths(angular).map(({ at, label }) => ({ angle: place(at), label })),
    isClockwise,
    hole: Math.min(0.9, Math.max(0, hole)),
    isStraight: settings['gridshape'] === 'linear' && isCategory && angular.places.length > 2,
  };
}

/** The degrees around a plot, or what the figure says at its own. */
function eighths({
  settings,
}: PlotAxis): readonly { readonly at: number; readonly label: string }[] {
  const [places, texts] = [readValues(settings['tickvals']), readValues(settings['ticktext'])];
  const own = places?.slice(0, 72).flatMap((value, index) => {
    const at = numberOf(value);
    if (at === undefined || !Number.isFinite(at)) return [];
    return [{ at: at % 360, label: String(texts?.[index] ?? `${at}°`) }];
  });
  return own ?? [0, 45, 90, 135, 180, 225, 270, 315].map((at) => ({ at, label: `${at}°` }));
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
