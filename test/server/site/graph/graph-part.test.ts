import { expect, test } from 'vitest';
import { graphPart, layersFlow } from '../../../../src/server/site/graph/graph-part.js';
import type { ModelGraph, RunStep } from '../../../../src/history/runs/pipeline-reader.js';

const step = (name: string, status: RunStep['status']) => ({ step: name, status }) as RunStep;

/** A chain of so many models of silver, after one table of bronze. */
const chain = (length: number): ModelGraph =>
  Object.fromEntries(
    Array.from({ length }, (_, index) => [
      `silver.m${index}`,
      [index === 0 ? 'bronze.b' : `silver.m${index - 1}`],
    ]),
  );

test('a small graph is shown as a whole', () => {
  const graph = chain(99);
  expect(graphPart(graph, [])).toEqual({ graph, ids: expect.any(Array), about: undefined });
});

test('of a large one what failed, with what is next to it; else what was built; else nothing', () => {
  const graph = chain(500);
  const steps = [
    step('load', 'passed'),
    step('silver.m7', 'failed'),
    step('silver.m300', 'passed'),
  ];
  const failed = graphPart(graph, steps);
  expect(failed.about).toBe('failed');
  expect([...failed.ids].sort()).toEqual(['silver.m6', 'silver.m7', 'silver.m8']);
  expect(failed.graph).toEqual({
    'silver.m6': [],
    'silver.m7': ['silver.m6'],
    'silver.m8': ['silver.m7'],
  });
  const built = graphPart(graph, [step('silver.m300', 'passed')]);
  expect([built.about, built.ids.length]).toEqual(['built', 3]);
  const many = graphPart(
    graph,
    Array.from({ length: 100 }, (_, index) => step(`silver.m${index * 4}`, 'failed')),
  );
  expect(many.ids.length).toBeLessThanOrEqual(40);
  expect(graphPart(graph, [step('silver.m1', 'unchanged')])).toMatchObject({
    about: 'nothing',
    ids: [],
  });
});

test('layers have their counts, the worst state of each, and arrows the way of most', () => {
  const graph: ModelGraph = {
    'silver.a': ['bronze.x', 'gold.odd'],
    'silver.b': ['bronze.x', 'silver.a'],
    'gold.odd': ['silver.b'],
    'gold.c': ['silver.a', 'silver.b'],
  };
  const { nodes, edges } = layersFlow(
    {
      graph,
      files: { count: 3, files: [] },
      publication: { notebooks: [{}, {}], pipeline: undefined } as never,
      reads: new Map([['one', ['gold.c', 'ops.none']]]),
    },
    [step('gold.c', 'failed'), step('gold.odd', 'upstream_failed')],
  );
  expect(nodes.map(({ id, note, state }) => [id, note, state])).toEqual([
    ['silver', '2 relations', undefined],
    ['bronze', '1 relation', undefined],
    ['gold', '2 relations', 'failed'],
    ['files', '3 files', undefined],
    ['notebooks', '2 notebooks', undefined],
  ]);
  expect(edges.map(({ from, to }) => `${from} ${to}`).sort()).toEqual([
    'bronze silver',
    'files bronze',
    'gold notebooks',
    'silver gold',
  ]);
});
