/** What stands in a graph of what reads what. */
export interface GraphNode {
  readonly id: string;
  /** Kept to the first or last column; others stand after all that they read. */
  readonly end?: 'first' | 'last';
}

/** An arrow from what is read to what reads it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

/** Where a node stands. */
export interface PlacedNode<Node extends GraphNode> {
  readonly node: Node;
  /** From 0, in the direction of the flow. */
  readonly column: number;
  /** Its place in the column, from 0, downwards. */
  readonly row: number;
}

/** A place in a column: a node's, or one at which arrows pass those of the column. */
export interface GraphSlot<Node extends GraphNode> {
  readonly id: string;
  /** Undefined: arrows pass here. */
  readonly node: Node | undefined;
}

/** An arrow with its way. */
export interface RoutedEdge extends GraphEdge {
  /** The places at which it passes the columns between its ends, by their ids. */
  readonly through: readonly string[];
}

/** A graph that is ready to be drawn. */
export interface GraphLayout<Node extends GraphNode> {
  readonly nodes: readonly PlacedNode<Node>[];
  /** Without the arrows that others imply: none from a to c where a leads to b and b to c. */
  readonly edges: readonly RoutedEdge[];
  /** What stands in each column, from above. */
  readonly columns: readonly (readonly GraphSlot<Node>[])[];
}

/** Passes that put nodes near to what they are connected with. */
const sweeps = 8;

/**
 * Lays a graph out in columns, each node after everything that it reads, with few crossings (the
 * barycentre method of Sugiyama). An arrow that goes beyond the next column has a place of its own in each
 * column between, which it shares with the others from the same node, so that it runs behind no node. Edges to unknown nodes, and those that close a circle, are left out.
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
  // Of a circle some arrow implies every other, so those that lead back go first.
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

/** No node is called so: no name holds a null. */
function passageId(from: string, column: number): string {
  return `${from}\u0000${column}`;
}

/** A way from column to column. */
function stepsOf({ from, to, through }: RoutedEdge): GraphEdge[] {
  const stops = [from, ...through, to];
  return stops.slice(1).map((stop, index) => ({ from: stops[index] ?? from, to: stop }));
}

/** The longest way to each of these nodes through them; what closes a circle counts as read by nobody. */
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

/** Orders each column by the mean place of its neighbours, forwards and backwards in turn. */
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
