// Layered layout of a dependency graph: columns, rows, routes of edges.

/** A node of a dependency graph. */
export interface GraphNode {
  readonly id: string;
  /** Pins a node to the first or last column; others follow all that they read. */
  readonly end?: 'first' | 'last';
}

/** An edge from what is read to what reads it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

/** A node with its position. */
export interface PlacedNode<Node extends GraphNode> {
  readonly node: Node;
  /** From 0, in the direction of the flow. */
  readonly column: number;
  /** The position in the column, from 0, downwards. */
  readonly row: number;
}

/** A slot in a column: a node, or a passage for edges that cross the column. */
export interface GraphSlot<Node extends GraphNode> {
  readonly id: string;
  /** Undefined: a passage for edges. */
  readonly node: Node | undefined;
}

/** An edge with its route. */
export interface RoutedEdge extends GraphEdge {
  /** The ids of the passages through the columns between its ends. */
  readonly through: readonly string[];
}

/** A graph with a layout. */
export interface GraphLayout<Node extends GraphNode> {
  readonly nodes: readonly PlacedNode<Node>[];
  /** The transitive reduction: no edge from a to c where a leads to b and b to c. */
  readonly edges: readonly RoutedEdge[];
  /** The slots of each column, from above. */
  readonly columns: readonly (readonly GraphSlot<Node>[])[];
}

/** Passes of the barycentre heuristic. */
const sweeps = 8;

/**
 * Lays a graph out in columns, each node after everything that it reads, with few crossings (the barycentre
 * heuristic of Sugiyama). A long edge gets a passage in each column that it crosses, shared by the edges of one
 * node, so that it runs behind no node. Edges to unknown nodes, and those that close a cycle, are left out.
 */
export function layOutGraph<Node extends GraphNode>(
  nodes: readonly Node[],
  edges: readonly GraphEdge[],
): GraphLayout<Node> {
  const known = new Set(nodes.map(({ id }) => id));
  const sources = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { from, to } of edges) {
    if (known.has(from) && from !== to) sources.get(to)?.push(from);
  }
  const inner = new Set(nodes.filter(({ end }) => end === undefined).map(({ id }) => id));
  const depths = depthsOf(sources, inner);
  const shift = nodes.some(({ end }) => end === 'first') ? 1 : 0;
  const last = Math.max(-1, ...depths.values()) + 1 + shift;
  const columnOf = ({ id, end }: Node): number => {
    if (end !== undefined) return end === 'first' ? 0 : last;
    return (depths.get(id) ?? 0) + shift;
  };
  const width = Math.max(-1, ...nodes.map(columnOf)) + 1;
  const filled: GraphSlot<Node>[][] = Array.from({ length: width }, (_, index) =>
    nodes.filter((node) => columnOf(node) === index).map((node) => ({ id: node.id, node })),
  );
  const column = new Map(nodes.map((node) => [node.id, columnOf(node)]));
  // In a cycle each edge is implied by the others, so back edges are removed first.
  const ahead = [...sources].map(
    ([to, from]) =>
      [to, from.filter((id) => (column.get(id) ?? 0) < (column.get(to) ?? 0))] as const,
  );
  const forward = withoutImplied(new Map(ahead));
  const passages = new Set<string>();
  const routed = forward.map(({ from, to }): RoutedEdge => {
    const [start, end] = [column.get(from) ?? 0, column.get(to) ?? 0];
    const through = Array.from({ length: end - start - 1 }, (_, index) => {
      const at = start + 1 + index;
      const id = passageId(from, at);
      if (!passages.has(id)) filled[at]?.push({ id, node: undefined });
      passages.add(id);
      return id;
    });
    return { from, to, through };
  });
  order(filled, routed.flatMap(stepsOf));
  return {
    nodes: filled.flatMap((members, index) =>
      members.flatMap(({ node }, row) =>
        node === undefined ? [] : [{ node, column: index, row }],
      ),
    ),
    edges: routed,
    columns: filled,
  };
}

/** No id of a node contains a null character. */
function passageId(from: string, column: number): string {
  return `${from}\u0000${column}`;
}

/** The edges from column to column along a route. */
function stepsOf({ from, to, through }: RoutedEdge): GraphEdge[] {
  const stops = [from, ...through, to];
  return stops.slice(1).map((stop, index) => ({ from: stops[index] ?? from, to: stop }));
}

/** The longest path to each node; a back edge of a cycle does not count. */
function depthsOf(
  sources: ReadonlyMap<string, readonly string[]>,
  inner: ReadonlySet<string>,
): Map<string, number> {
  const depths = new Map<string, number>();
  const open = new Set<string>();
  const visit = (id: string): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    if (open.has(id)) return -1;
    open.add(id);
    const before = (sources.get(id) ?? []).filter((source) => inner.has(source));
    const depth = Math.max(-1, ...before.map(visit)) + 1;
    open.delete(id);
    depths.set(id, depth);
    return depth;
  };
  for (const id of inner) visit(id);
  return depths;
}

function withoutImplied(sources: ReadonlyMap<string, readonly string[]>): GraphEdge[] {
  const ancestors = new Map<string, ReadonlySet<string>>();
  const ancestorsOf = (id: string): ReadonlySet<string> => {
    const known = ancestors.get(id);
    if (known !== undefined) return known;
    const found = new Set<string>();
    ancestors.set(id, found);
    for (const source of sources.get(id) ?? []) {
      found.add(source);
      for (const ancestor of ancestorsOf(source)) found.add(ancestor);
    }
    return found;
  };
  return [...sources].flatMap(([to, from]) =>
    [...new Set(from)]
      .filter((source) => !from.some((other) => other !== source && ancestorsOf(other).has(source)))
      .map((source) => ({ from: source, to })),
  );
}

/** Orders each column by the mean position of its neighbours, forwards and backwards in turn. */
function order(columns: { readonly id: string }[][], edges: readonly GraphEdge[]): void {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of edges) {
    append(neighbours, from, to);
    append(neighbours, to, from);
  }
  const places = new Map<string, number>();
  const place = (members: readonly { readonly id: string }[]) => {
    members.forEach(({ id }, row) => places.set(id, (row + 0.5) / members.length));
  };
  columns.forEach(place);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const members of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const wanted = new Map(
        members.map(({ id }) => {
          const near = (neighbours.get(id) ?? []).map((other) => places.get(other) ?? 0.5);
          const mean = near.reduce((sum, one) => sum + one, 0) / near.length;
          return [id, near.length === 0 ? (places.get(id) ?? 0.5) : mean];
        }),
      );
      members.sort((a, b) => (wanted.get(a.id) ?? 0) - (wanted.get(b.id) ?? 0));
      place(members);
    }
  }
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
