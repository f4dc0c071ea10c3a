// A part of a picture by itself: the place of a pair of axes, of a pie, of a map.

import type { Element } from 'hast';
import { isJsonObject, type Json } from '../../../nbformat/notebook.js';
import type { Figure } from '../../figure/figure.js';
import type { Value } from '../../figure/values.js';

/** A trace of a figure. */
export type Trace = Figure['traces'][number];

/** A trace with what it has of its figure. */
export interface FigureTrace {
  readonly trace: Trace;
  readonly type: string;
  /** Its index in the figure. */
  readonly index: number;
  readonly name: string;
}

/** A part of the picture, as fractions of it from the left and from the bottom. */
export interface Domain {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** The room of a scene, in pixels. */
export interface SceneSize {
  readonly width: number;
  readonly height: number;
  /** With axes and labels, or as a thumbnail. */
  readonly hasAxes: boolean;
  /** The most marks that this scene may draw. */
  readonly mostMarks: number;
  readonly onPanel?: (panel: DrawnPanel) => void;
}

/** A pair of axes as it was drawn, for whoever answers the pointer: in pixels of the picture. */
export interface DrawnPanel {
  /** The corner from which the others count. */
  readonly left: number;
  readonly top: number;
  readonly area: Readonly<Record<'x' | 'y', readonly [number, number]>>;
  readonly isLying: boolean;
  /** The indexes of its traces. */
  readonly traces: readonly number[];
  /** The positions along it, in their order, each with its place. */
  readonly places: readonly { readonly value: Value; readonly at: number }[];
}

/** A series in the legend. */
export interface LegendItem {
  readonly name: string;
  /** The attributes of its swatch. */
  readonly swatch: Readonly<Record<string, string | number | string[]>>;
}

/** A part of a figure that is drawn by itself. */
export interface Scene {
  readonly domain: Domain;
  readonly legend: readonly LegendItem[];
  /** Draws it with its left top corner at 0, 0. */
  readonly draw: (size: SceneSize) => readonly Element[];
}

const whole = [0, 1] as const;

/** A figure's domain: fractions along an axis; the whole where there is none. */
export function readSpan(value: Json | undefined): readonly [number, number] {
  if (!Array.isArray(value)) return whole;
  const [from, to] = value;
  return typeof from === 'number' && typeof to === 'number' && from >= 0 && to <= 1 && from < to
    ? [from, to]
    : whole;
}

/** The domain of a trace or part of a layout: fractions, or a cell of the layout's grid. */
export function readDomain(value: Json | undefined, layout: Figure['layout']): Domain {
  const domain = isJsonObject(value) ? value : {};
  const grid = isJsonObject(layout['grid']) ? layout['grid'] : {};
  const cell = (name: 'row' | 'column', count: Json | undefined, isDown: boolean) => {
    const index = domain[name];
    if (typeof index !== 'number' || typeof count !== 'number' || index < 0 || index >= count) {
      return undefined;
    }
    const at = isDown && grid['roworder'] !== 'bottom to top' ? count - 1 - index : index;
    return [at / count, (at + 1) / count] as const;
  };
  return {
    x: cell('column', grid['columns'], false) ?? readSpan(domain['x']),
    y: cell('row', grid['rows'], true) ?? readSpan(domain['y']),
  };
}

/**
 * A scene of each trace in its own part of the picture.
 *
 * @param read - How to draw a trace; undefined: it has no picture.
 * @returns Undefined where one of the traces has no picture.
 */
export function traceScenes(
  traces: readonly FigureTrace[],
  { layout }: Figure,
  read: (one: FigureTrace) => Scene['draw'] | undefined,
): readonly Scene[] | undefined {
  const scenes = traces.flatMap((one): Scene[] => {
    const draw = read(one);
    return draw === undefined
      ? []
      : [{ domain: readDomain(one.trace['domain'], layout), legend: [], draw }];
  });
  return scenes.length === traces.length ? scenes : undefined;
}
