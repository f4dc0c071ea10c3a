// The neighbourhood of some nodes in a large graph.

import type { GraphEdge } from './graph-layout.js';

/** The nodes near some nodes of a graph. */
export interface Neighbourhood {
  /** The nearest ones, starting with the nodes themselves. */
  readonly ids: ReadonlySet<string>;
  /** All ancestors, with the nodes themselves. */
  readonly before: ReadonlySet<string>;
  /** All descendants, with the nodes themselves. */
  readonly after: ReadonlySet<string>;
  /** The number of ancestors and descendants. */
  readonly count: number;
}

/** The limits of a neighbourhood. */
export interface NeighbourhoodLimits {
  /** The most nodes. */
  readonly most: number;
  /** The longest distance, in edges. */
  readonly distance?: number;
}

/**
 * Ancestors and descendants by breadth-first search in both directions; the time grows with the number of edges
 * alone.
 */
export function neighbourhood(
  edges: readonly GraphEdge[],
  roots: readonly string[],
  { most, distance = Infinity }: NeighbourhoodLimits,
): Neighbourhood {
  const up = walk(edges, roots, distance, ({ from, to }) => [to, from]);
  const down = walk(edges, roots, distance, ({ from, to }) => [from, to]);
  const ids = new Set<string>();
  const all = new Set<string>();
  for (let step = 0; step < Math.max(up.length, down.length); step += 1) {
    for (const id of [...(up[step] ?? []), ...(down[step] ?? [])]) {
      all.add(id);
      if (ids.size < most) ids.add(id);
    }
  }
  return { ids, before: new Set(up.flat()), after: new Set(down.flat()), count: all.size };
}

/** The nodes at each distance in one direction. */
function walk(
  edges: readonly GraphEdge[],
  roots: readonly string[],
  distance: number,
  direction: (edge: GraphEdge) => readonly [at: string, next: string],
): string[][] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const [at, to] = direction(edge);
    const known = next.get(at);
    if (known === undefined) next.set(at, [to]);
    else known.push(to);
  }
  const found = new Set(roots);
  const layers: string[][] = [[...found]];
  for (let at = layers[0] ?? []; at.length > 0 && layers.length <= distance;) {
    const layer: string[] = [];
    for (const id of at.flatMap((one) => next.get(one) ?? [])) {
      if (found.has(id)) continue;
      found.add(id);
      layer.push(id);
    }
    layers.push(layer);
    at = layer;
  }
  return layers;
}
