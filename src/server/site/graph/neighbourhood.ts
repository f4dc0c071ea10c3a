import type { GraphEdge } from './graph-layout.js';

/** What stands near to some nodes of a graph. */
export interface Neighbourhood {
  /** The nearest of them, the nodes themselves first. */
  readonly ids: ReadonlySet<string>;
  /** Of all that there is, what leads to the nodes, with these. */
  readonly before: ReadonlySet<string>;
  /** What they lead to, with these. */
  readonly after: ReadonlySet<string>;
  /** How many there are in all. */
  readonly count: number;
}

/** Which of all that a node is connected with is near. */
export interface NeighbourhoodLimits {
  /** So many nodes at most. */
  readonly most: number;
  /** Over so many arrows at most. */
  readonly distance?: number;
}

/**
 * What leads to nodes, and away from them, step by step in both directions: of a graph of any size in time
 * that grows with its arrows alone.
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
