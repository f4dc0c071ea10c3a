import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOutGraph, type GraphNode } from '../../../../src/server/site/graph/graph-layout.js';

const columnsOf = (nodes: GraphNode[], edges: { from: string; to: string }[]) => {
  const layout = layOutGraph(nodes, edges);
  return Object.fromEntries(layout.nodes.map(({ node, column }) => [node.id, column]));
};

test('each node stands after all that it reads, ends at the ends', () => {
  const nodes: GraphNode[] = [
    { id: 'files', end: 'first' },
    { id: 'page', end: 'last' },
    ...['a', 'b', 'c', 'alone'].map((id) => ({ id })),
  ];
  const edges = [
    { from: 'files', to: 'a' },
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'a', to: 'c' },
    { from: 'a', to: 'page' },
  ];
  expect(columnsOf(nodes, edges)).toEqual({ files: 0, a: 1, alone: 1, b: 2, c: 3, page: 4 });
});

test('arrows that others imply are left out', () => {
  const nodes = ['a', 'b', 'c'].map((id) => ({ id }));
  const edges = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'a', to: 'c' },
    { from: 'gone', to: 'c' },
    { from: 'c', to: 'c' },
  ];
  expect(layOutGraph(nodes, edges).edges).toEqual([
    { from: 'a', to: 'b', through: [] },
    { from: 'b', to: 'c', through: [] },
  ]);
});

test('a circle costs the arrow that closes it, and no other', () => {
  const nodes = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
  const edges = [
    ...[
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'c'],
      ['c', 'b'],
      ['c', 'd'],
      ['b', 'd'],
    ],
  ].map(([from = '', to = '']) => ({ from, to }));
  const { edges: drawn } = layOutGraph(nodes, edges);
  expect(drawn).toHaveLength(3);
  // Everything is still reached from where it comes.
  const reached = new Set(['a']);
  for (const at of reached) for (const { from, to } of drawn) if (from === at) reached.add(to);
  expect([...reached].sort()).toEqual(['a', 'b', 'c', 'd']);
});

test('nodes without any edge, and none at all', () => {
  expect(layOutGraph([], [])).toEqual({ nodes: [], edges: [], columns: [] });
  expect(columnsOf([{ id: 'a', end: 'last' }], [])).toEqual({ a: 0 });
});

test('any graph, circles too, is laid out with every node once and every arrow forwards', () => {
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
  const id = fc.constantFrom(...names);
  fc.assert(
    fc.property(fc.array(fc.record({ from: id, to: id }), { maxLength: 40 }), (edges) => {
      const nodes = names.map((name) => ({ id: name }));
      const layout = layOutGraph(nodes, edges);
      const column = new Map(layout.nodes.map((placed) => [placed.node.id, placed.column]));
      expect(column.size).toBe(nodes.length);
      expect(new Set(layout.nodes.map((one) => `${one.column} ${one.row}`)).size).toBe(
        nodes.length,
      );
      for (const { from, to } of layout.edges) {
        expect(column.get(from)).toBeLessThan(column.get(to) ?? -1);
      }
    }),
  );
});
