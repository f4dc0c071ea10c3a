// Cells of a heat map in the tones of a scale.

import type { Element } from 'hast';
import type { ColorScale } from '../drawing/color-scale.js';
import { round, svgElement as s } from '../svg.js';
import type { Frame } from '../axes/layer.js';

/** A grid of numbers between edges, in the axes' numbers. */
export interface Grid {
  /** The edges of its columns, one more than these. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Row by row from the first y; undefined: missing. */
  readonly cells: readonly (readonly (number | undefined)[])[];
}

/** The most cells of a picture; beyond them neighbours become their mean. */
const mostCells = 3600;

/** The cells of equal tone in one stroke each. */
export function drawGrid(grid: Grid, colors: ColorScale, frame: Frame): Element[] {
  const { x, y, cells } = coarser(grid, Math.min(mostCells, frame.bounds.most));
  const paths = new Map<
    string,
    { tone: string | undefined; color: string | undefined; d: string[] }
  >();
  const [lefts, tops] = [x.map((at) => round(frame.x(at))), y.map((at) => round(frame.y(at)))];
  cells.forEach((row, down) => {
    const [first, second] = [tops[down] ?? 0, tops[down + 1] ?? 0];
    const [top, height] = [Math.min(first, second), Math.abs(second - first)];
    row.forEach((value, across) => {
      if (value === undefined || !Number.isFinite(value)) return;
      const [from, to] = [lefts[across] ?? 0, lefts[across + 1] ?? 0];
      const [left, width] = [Math.min(from, to), Math.abs(to - from)];
      // A line of the paper between cells that are large enough.
      const gap = Math.min(width, height) > 8 ? 1 : -0.2;
      const { tone, color } = colors.toneOf(value);
      const key = tone ?? color ?? '';
      const path = paths.get(key) ?? { tone, color, d: [] };
      paths.set(key, path);
      const size = [round(Math.max(0.2, width - gap)), round(Math.max(0.2, height - gap))] as const;
      path.d.push(`M${left} ${top}h${size[0]}v${size[1]}h${-size[0]}z`);
    });
  });
  return [...paths.values()].map(({ tone, color, d }) =>
    s('path', {
      className: ['cell', ...(tone === undefined ? [] : [tone])],
      ...(color === undefined ? {} : { color }),
      d: d.join(''),
    }),
  );
}

/** The grid with neighbouring rows and columns joined, until there are few enough cells. */
function coarser(grid: Grid, most: number): Grid {
  const [rows, columns] = [grid.y.length - 1, grid.x.length - 1];
  if (rows * columns <= most) return grid;
  const side = Math.max(1, Math.floor(Math.sqrt(most)));
  const tall = Math.ceil(rows / Math.min(rows, side));
  const wide = Math.ceil(
    columns / Math.max(1, Math.min(columns, Math.floor(most / Math.ceil(rows / tall)))),
  );
  const edges = (all: readonly number[], step: number) =>
    all.filter((_, index) => index % step === 0 || index === all.length - 1);
  const [x, y] = [edges(grid.x, wide), edges(grid.y, tall)];
  const cells = y.slice(1).map((_, row) =>
    x.slice(1).map((__, column) => {
      const block = grid.cells
        .slice(row * tall, (row + 1) * tall)
        .flatMap((cellsOfRow) => cellsOfRow.slice(column * wide, (column + 1) * wide))
        .filter((value) => value !== undefined && Number.isFinite(value));
      const sum = block.reduce<number>((total, value) => total + (value ?? 0), 0);
      return block.length === 0 ? undefined : sum / block.length;
    }),
  );
  return { x, y, cells };
}
