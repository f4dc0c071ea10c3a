import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedCache } from '../../src/http/bounded-cache.js';

test('what was longest not asked for goes first', () => {
  const cache = new BoundedCache<string>(2);
  cache.set('a', 'A');
  cache.set('b', 'B');
  cache.get('a');
  cache.set('c', 'C');
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C']);
});

test('it never weighs more than its limit, but for one entry that does so alone', () => {
  const entries = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 9 })),
  );
  fc.assert(
    fc.property(entries, (sets) => {
      const cache = new BoundedCache<number>(10);
      for (const [key, weight] of sets) {
        cache.set(key, weight, weight);
        expect(cache.get(key)).toBe(weight);
        const kept = ['a', 'b', 'c', 'd'].map((name) => cache.get(name) ?? 0);
        expect(kept.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(10);
      }
    }),
  );
});
