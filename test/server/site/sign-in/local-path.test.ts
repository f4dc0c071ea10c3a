import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localPath } from '../../../../src/server/site/sign-in/local-path.js';

test('no text leads to another place after signing in', () => {
  const home = 'http://127.0.0.1:8050';
  const hostile = fc.array(
    fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ':',
      '@',
      '\t',
      '\n',
      '?',
      '#',
      'javascript:',
      'http:',
      '%2f',
      'a',
    ),
    { maxLength: 12 },
  );
  const text = fc.oneof(
    hostile.map((parts) => parts.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (asked) => {
      const path = localPath(asked);
      expect(new URL(path, home).origin).toBe(home);
      expect(path).toMatch(/^\/(?!\/)/);
      // Stays so when a base path stands before it.
      expect(new URL(`/base${path}`, home).origin).toBe(home);
    }),
    { numRuns: 2000 },
  );
  expect(localPath('/notebooks/a%20b?code=shown')).toBe('/notebooks/a%20b?code=shown');
  expect(localPath(['/a', '/b'])).toBe('/');
});
