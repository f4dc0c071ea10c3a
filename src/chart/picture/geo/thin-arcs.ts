// Simplification of topologies: lines that several shapes share become simpler for all of them, so that no gap opens.

import type { Topology } from 'topojson-specification';

type Place = readonly [number, number];

/**
 * A topology whose lines are off by less than a distance (Douglas and Peucker's algorithm).
 *
 * @param distance - In degrees of latitude.
 */
export function thinArcs(topology: object, distance: number): object {
  const { arcs, transform } = topology as Topology;
  if (transform === undefined) return topology;
  const [[width, height], [, south]] = [transform.scale, transform.translate];
  return {
    ...topology,
    arcs: arcs.map((arc) => {
      const steps = arc as unknown as Place[];
      let [x, y] = [0, 0];
      const places = steps.map(([right, up]): Place => [(x += right), (y += up)]);
      // Degrees of longitude are shorter in the north; each place has its own scale, as near ones have nearly the same.
      const degrees = places.map(([across, up]): Place => {
        const latitude = south + up * height;
        return [across * width * Math.cos((latitude * Math.PI) / 180), latitude];
      });
      let [lastX, lastY] = [0, 0];
      return keptPlaces(degrees, distance).map((at) => {
        const [across, up] = places[at] ?? [0, 0];
        const step = [across - lastX, up - lastY];
        [lastX, lastY] = [across, up];
        return step;
      });
    }),
  };
}

/** The places of a line that stay, by their indexes. */
function keptPlaces(line: readonly Place[], distance: number): number[] {
  const kept = new Set([0, line.length - 1]);
  const open: [from: number, to: number][] = [[0, line.length - 1]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    const [first, last] = [line[from], line[to]];
    if (first === undefined || last === undefined) continue;
    let [most, furthest] = [distance, -1];
    for (const [index, place] of line.slice(from + 1, to).entries()) {
      const off = distanceTo(place, first, last);
      if (off > most) [most, furthest] = [off, from + 1 + index];
    }
    if (furthest === -1) continue;
    kept.add(furthest);
    open.push([from, furthest], [furthest, to]);
  }
  return [...kept].sort((one, other) => one - other);
}

/** The distance of a place from the line between two others. */
function distanceTo([x, y]: Place, [fromX, fromY]: Place, [toX, toY]: Place): number {
  const [right, up] = [toX - fromX, toY - fromY];
  const length = right * right + up * up;
  const along = length === 0 ? 0 : ((x - fromX) * right + (y - fromY) * up) / length;
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(x - fromX - part * right, y - fromY - part * up);
}
