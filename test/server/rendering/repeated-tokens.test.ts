// @module-tag heavy
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOut, repetitions, tokenContexts } from './token-contexts.js';

// What time each takes is measured by bench/hostile.bench.ts; in the server a limit stands behind it.
test.each(tokenContexts.map((context) => [context.name, context] as const))(
  'whatever repeats in %s is laid out, all of it',
  (_, { tokens, notebook }) => {
    for (const token of tokens) {
      for (const text of repetitions([token], 20_000)) expect(layOut(notebook(text))).not.toBe('');
    }
    const token = fc.constantFrom(...tokens);
    fc.assert(
      fc.property(fc.tuple(token, token), fc.integer({ min: 0, max: 3 }), (pair, shape) => {
        expect(layOut(notebook(repetitions(pair, 4000)[shape] ?? ''))).not.toBe('');
      }),
      { numRuns: 40 },
    );
  },
);
