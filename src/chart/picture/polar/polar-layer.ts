// What each kind of polar chart gives: what it needs of the radial axis, and how it is drawn.

import type { Element } from 'hast';
import type { MarkBounds } from '../axes/layer.js';
import type { ColorScale } from '../drawing/color-scale.js';
import type { LegendItem } from '../drawing/scene.js';
import type { Circle } from './polar-grid.js';

/** Where polar marks are drawn. */
export interface PolarFrame {
  readonly circle: Circle;
  /** The share of the radius of a radial number; undefined beyond the axis. */
  readonly shareOf: (at: number) => number | undefined;
  /** The numbers at the centre and at the rim. */
  readonly ends: readonly [number, number];
  readonly bounds: MarkBounds;
  readonly hasAxes: boolean;
}

/** The marks of a trace. */
export interface PolarLayer {
  readonly index: number;
  /** What they need of the radial axis. */
  readonly span: readonly [number, number] | undefined;
  /** They are bars, compared by length. */
  readonly isSolid: boolean;
  readonly legend: LegendItem | undefined;
  readonly colors: ColorScale | undefined;
  readonly draw: (frame: PolarFrame) => readonly Element[];
}
