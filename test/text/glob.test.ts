import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globPattern } from '../../src/text/glob.js';

test.each([
  ['*.log', '*', 'a.log', true],
  ['*.log', '*', 'a.log.gz', false],
  ['a?.log', '*', 'ab.log', false],
  ['a?.log', '*', 'a?.log', true],
  ['a?.log', '*?', 'ab.log', true],
  ['a*', '*?', 'a\nb', true],
  ['[ab].log', '*', 'a.log', false],
] as const)('%s with %s and %j: %s', (pattern, known, text, expected) => {
  expect(globPattern(pattern, known).test(text)).toBe(expected);
});

test('a text without wildcards takes itself, and nothing longer', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const pattern = globPattern(text.replaceAll('*', ''), '*');
      expect(pattern.test(text.replaceAll('*', ''))).toBe(true);
      expect(pattern.test(`${text.replaceAll('*', '')}x`)).toBe(false);
    }),
  );
});
