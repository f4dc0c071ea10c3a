import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCycle, inOrder, selectModels } from '../../../src/pipeline/project/graph.js';

const node = (id: string, ...reads: string[]) => ({ id, reads });
const models = [
  node('gold.d', 'silver.b', 'silver.c'),
  node('silver.b', 'bronze.a'),
  node('silver.c', 'bronze.a', 'bronze.log_event'),
  node('bronze.a', 'bronze.log_event'),
  node('gold.b', 'silver.b'),
];

/** Models that only read models before them. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 })
  .map((all) =>
    all.map((reads, index) =>
      node(
        `s.m${index}`,
        ...new Set(reads.filter(() => index > 0).map((read) => `s.m${read % Math.max(1, index)}`)),
      ),
    ),
  );

describe('inOrder', () => {
  test('each model comes after all that it reads, and once', () => {
    fc.assert(
      fc.property(acyclic, (nodes) => {
        const ordered = inOrder([...nodes].reverse());
        expect(new Set(ordered)).toEqual(new Set(nodes));
        expect(ordered).toHaveLength(nodes.length);
        for (const [index, { reads }] of ordered.entries()) {
          const before = ordered.slice(0, index).map(({ id }) => id);
          expect(before).toEqual(expect.arrayContaining([...reads]));
        }
      }),
    );
  });
});

describe('findCycle', () => {
  test('finds none where there is none', () => {
    fc.assert(fc.property(acyclic, (nodes) => findCycle(nodes) === undefined));
  });

  test('names the models of a circle and no others', () => {
    const circle = [node('a', 'b'), node('b', 'c'), node('c', 'd', 'b'), node('d')];
    expect(findCycle(circle)?.map(({ id }) => id)).toEqual(['b', 'c']);
  });
});

describe('selectModels', () => {
  const select = (...selectors: string[]) => selectModels(models, selectors).map(({ id }) => id);

  test.each([
    [[], ['gold.d', 'silver.b', 'silver.c', 'bronze.a', 'gold.b']],
    [['d'], ['gold.d']],
    [['+d'], ['gold.d', 'silver.b', 'silver.c', 'bronze.a']],
    [['silver.b+'], ['gold.d', 'silver.b', 'gold.b']],
    [['+silver.b+'], ['gold.d', 'silver.b', 'bronze.a', 'gold.b']],
    [['gold.*'], ['gold.d', 'gold.b']],
    [
      ['c', 'a'],
      ['silver.c', 'bronze.a'],
    ],
  ])('%j', (selectors, expected) => {
    expect(select(...selectors)).toEqual(expected);
  });

  test('an unknown name is wrong use, with a suggestion', () => {
    expect(() => select('silver.bb')).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'did you mean silver.b?' }),
    );
    expect(() => select('nothing.like.it')).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('models: gold.d') }),
    );
  });

  test('a name of several models is wrong use', () => {
    expect(() => select('b')).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'name one of silver.b, gold.b' }),
    );
  });
});
