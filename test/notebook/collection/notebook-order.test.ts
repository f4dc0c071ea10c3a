import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { notebookOrder } from '../../../src/notebook/collection/notebook-order.js';
import type { NotebookSource } from '../../../src/notebook/collection/notebook-source.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { TestProject } from '../project.js';

vi.setConfig({ testTimeout: 120_000 });

/** A notebook as far as its place is told by it. */
function source(name: string, after: readonly string[]): NotebookSource {
  const notebook = { cells: [], metadata: { daybook: { after } }, nbformat: 4, nbformat_minor: 5 };
  return {
    slug: name,
    variant: '',
    path: `${name}.ipynb`,
    content: { notebook, spec: {} },
  } as unknown as NotebookSource;
}

function order(edges: Readonly<Record<string, readonly string[]>>) {
  const sources = Object.entries(edges).map(([name, after]) => source(name, after));
  return [...notebookOrder(sources)].map(([{ slug }, { before, cycle }]) => {
    return [slug, before.map((one) => one.slug), cycle] as const;
  });
}

test('who waits for itself is told by which way, and nobody else is held up', () => {
  expect(order({ a: ['b'], b: ['c'], c: ['a'], d: ['a', 'e'], e: ['gone'], f: ['f'] })).toEqual([
    ['a', [], 'a.ipynb after b.ipynb after c.ipynb after a.ipynb'],
    ['b', [], 'b.ipynb after c.ipynb after a.ipynb after b.ipynb'],
    ['c', [], 'c.ipynb after a.ipynb after b.ipynb after c.ipynb'],
    ['d', ['a', 'e'], undefined],
    ['e', [], undefined],
    ['f', [], 'f.ipynb after f.ipynb'],
  ]);
});

test('whatever comes after what, all can be run one after the other', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const graph = fc.tuple(...names.map(() => fc.subarray(names)));
  fc.assert(
    fc.property(graph, (afters) => {
      const places = order(Object.fromEntries(names.map((name, at) => [name, afters[at] ?? []])));
      const ended = new Set<string>();
      for (let round = 0; round <= names.length; round += 1) {
        for (const [name, before] of places) {
          if (before.every((one) => ended.has(one))) ended.add(name);
        }
      }
      expect(ended.size).toBe(names.length);
    }),
  );
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('notebooks in a circle fail, those after them are not run, all others are', async () => {
  using project = new TestProject(database);
  const write = (name: string, after: readonly string[]) =>
    project.notebook(`notebooks/${name}.ipynb`, ['1 + 1'], { daybook: { after: [...after] } });
  write('a', ['b']);
  write('b', ['a']);
  write('c', []);
  write('d', ['a']);
  const { status, notebooks } = await project.run({ publish: false });
  expect(status).toBe('failed');
  expect(notebooks.map((one) => [one.path, one.status, one.failure?.evalue ?? ''])).toEqual([
    ['notebooks/a.ipynb', 'failed', expect.stringMatching(/waits for itself: .*a.* after .*b/)],
    ['notebooks/b.ipynb', 'failed', expect.stringMatching(/metadata\.daybook\.after/)],
    ['notebooks/c.ipynb', 'passed', ''],
    ['notebooks/d.ipynb', 'failed', expect.stringContaining('which did not pass')],
  ]);
});
