import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFigure } from '../../../src/chart/figure/figure.js';
import { packNumbers } from '../../../src/chart/figure/pack-numbers.js';
import { drawPicture } from '../../../src/chart/picture/picture.js';
import { svgText } from '../../../src/chart/picture/svg.js';
import { thinPoints } from '../../../src/chart/picture/drawing/thin-points.js';
import { readValues } from '../../../src/chart/figure/values.js';
import type { JsonObject } from '../../../src/nbformat/notebook.js';

const point = fc.record({
  x: fc.double({ min: 0, max: 800, noNaN: true }),
  y: fc.double({ min: 0, max: 400, noNaN: true }),
});

test('points are thinned to those that can be told apart: in order, no more than asked, extremes kept', () => {
  fc.assert(
    fc.property(
      fc.array(point, { maxLength: 400 }),
      fc.integer({ min: 8, max: 100 }),
      (points, most) => {
        const kept = thinPoints(points, most);
        expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0) || points.length);
        expect(thinPoints(points, most)).toEqual(kept);
        expect(kept).toEqual(points.filter((one) => kept.includes(one)));
        if (points.length <= most) expect(kept).toBe(points);
        for (const side of ['x', 'y'] as const) {
          const all = points.map((one) => one[side]);
          const left = kept.map((one) => one[side]);
          expect(Math.min(...left)).toBe(Math.min(...all));
          expect(Math.max(...left)).toBe(Math.max(...all));
        }
      },
    ),
  );
});

/** A number of a sequence that looks like chance and is always the same. */
function noise(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return value - Math.floor(value);
}

function pictureOf(trace: JsonObject, size: { width: number; height: number; hasAxes: boolean }) {
  const figure = readFigure({ data: [trace] });
  const picture = figure === undefined ? undefined : drawPicture(figure, size);
  return picture === undefined ? '' : svgText(picture);
}

test.each(['markers', 'lines', 'lines+markers', 'bar'])(
  'a picture of 50,000 %s is a small one',
  (mode) => {
    const places = Array.from({ length: 50_000 }, (_, index) => index);
    const trace = {
      ...(mode === 'bar' ? { type: 'bar' } : { mode }),
      x: mode === 'bar' ? places : places.map((index) => noise(index)),
      y: places.map((index) => noise(index + 0.5) + (index === 777 ? 9 : 0)),
    };
    const large = pictureOf(trace, { width: 800, height: 380, hasAxes: true });
    expect(large.length).toBeLessThan(mode.startsWith('lines') ? 200_000 : 100_000);
    // What stands out is there.
    const highest = Math.max(...trace.y);
    expect(highest).toBeGreaterThan(9);
    expect(/[LM][\d.]+ (?:8|9|1\d)(?:\.\d)?[hLM"']/.test(large)).toBe(true);
    const small = pictureOf(trace, { width: 320, height: 96, hasAxes: false });
    expect(small.length).toBeLessThan(12_000);
  },
);

test('few points and bars are drawn each by itself', () => {
  const svg = pictureOf(
    { mode: 'markers', x: [1, 2], y: [1, 2] },
    { width: 800, height: 380, hasAxes: true },
  );
  expect(svg.match(/<circle/g)).toHaveLength(2);
});

test('packed numbers are the same numbers, and shorter', () => {
  const numbers = fc.oneof(
    fc.array(fc.integer({ min: -200, max: 200 }), { minLength: 500, maxLength: 520 }),
    fc.array(fc.integer(), { minLength: 500, maxLength: 520 }),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 500,
      maxLength: 520,
    }),
  );
  fc.assert(
    fc.property(numbers, (x) => {
      const packed = packNumbers({ x })['x'] ?? null;
      expect(readValues(packed)).toEqual(x);
      expect(JSON.stringify(packed).length).toBeLessThanOrEqual(JSON.stringify(x).length + 40);
    }),
  );
  const mixed = { x: [...Array.from({ length: 600 }, () => 1.5), null] };
  expect(packNumbers(mixed)).toBe(mixed);
});
