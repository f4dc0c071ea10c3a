import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GraphEdge } from '../../../../src/server/site/graph/graph-layout.js';
import { graphPicture, type PictureNode } from '../../../../src/server/site/graph/graph-picture.js';
import { toHtml } from '../../../../src/server/rendering/html/to-html.js';

const nodeOf = (id: string, end?: 'first' | 'last'): PictureNode => ({
  ...{ id, label: id, note: '', title: id, href: undefined, state: undefined },
  ...(end === undefined ? {} : { end }),
});

interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the boxes of a picture stand, and through which points its arrows go. */
function read(nodes: readonly PictureNode[], edges: readonly GraphEdge[]) {
  const html = toHtml({ type: 'root', children: [graphPicture(nodes, edges, 'x')] });
  const boxes = [
    ...html.matchAll(
      /translate\(([\d.]+) ([\d.]+)\)"><title>([^<]*)<\/title><rect width="(\d+)" height="(\d+)"/g,
    ),
  ].map(([, x, y, id = '', width, height]): Box => {
    const number = (text: string | undefined) => Number(text);
    return { id, x: number(x), y: number(y), width: number(width), height: number(height) };
  });
  const arrows = [...html.matchAll(/<path d="(M[^"]*)"><\/path>/g)].map(([, d = '']) =>
    pointsOf(d),
  );
  return { boxes, arrows };
}

/** Points of a path of curves and level lines, close to each other. */
function pointsOf(d: string): [number, number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, sign, rest = ''] of d.matchAll(/([MCH])([^MCH]*)/g)) {
    const numbers = rest.trim().split(' ').map(Number);
    const [a = 0, b = 0, c = 0, e = 0, f = 0, g = 0] = numbers;
    const end = sign === 'C' ? [f, g] : sign === 'H' ? [a, y] : [a, b];
    for (let step = 0; step <= 20 && sign !== 'M'; step += 1) {
      const t = step / 20;
      const curve = (p: number, q: number, r: number, s: number) =>
        (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t ** 2 * r + t ** 3 * s;
      points.push(sign === 'C' ? [curve(x, a, c, f), curve(y, b, e, g)] : [x + t * (a - x), y]);
    }
    [x = 0, y = 0] = end;
  }
  return points;
}

/** The boxes that arrows run behind; to touch its edge is to begin or to end there. */
function crossed({ boxes, arrows }: ReturnType<typeof read>): string[] {
  return arrows.flatMap((points) =>
    boxes
      .filter((box) =>
        points.some(
          ([x, y]) =>
            x > box.x + 1 && x < box.x + box.width - 1 && y > box.y && y < box.y + box.height,
        ),
      )
      .map(({ id }) => id),
  );
}

test('no arrow runs behind a box, in any graph, and no two boxes overlap', () => {
  const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
  const id = fc.constantFrom(...names, 'first', 'last');
  fc.assert(
    fc.property(fc.array(fc.record({ from: id, to: id }), { maxLength: 50 }), (edges) => {
      const nodes = [
        nodeOf('first', 'first'),
        ...names.map((name) => nodeOf(name)),
        nodeOf('last', 'last'),
      ];
      const picture = read(nodes, edges);
      expect(picture.boxes).toHaveLength(nodes.length);
      expect(crossed(picture)).toEqual([]);
      const places = new Set(picture.boxes.map(({ x, y }) => `${x} ${y}`));
      expect(places.size).toBe(nodes.length);
      for (const one of picture.boxes) {
        const below = picture.boxes.filter(
          (other) => other.x === one.x && other.y > one.y && other.y < one.y + one.height,
        );
        expect(below).toEqual([]);
      }
    }),
  );
});

test('arrows of one node share the way as far as it is the same', () => {
  const nodes = ['a', 'b', 'c', 'd', 'e'].map((name) => nodeOf(name));
  const edges = [
    ...[
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['c', 'e'],
    ].map(([from = '', to = '']) => ({ from, to })),
    // A second chain, that ends beside the first.
    { from: 'x', to: 'd' },
    { from: 'x', to: 'e' },
  ];
  const { arrows } = read([...nodes, nodeOf('x')], edges);
  const long = arrows.filter((points) => points.length > 60);
  expect(long).toHaveLength(2);
  expect(long[0]?.slice(0, 60)).toEqual(long[1]?.slice(0, 60));
});
