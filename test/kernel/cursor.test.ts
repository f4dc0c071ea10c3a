import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePointPosition, utf16Position } from '../../src/kernel/cursor.js';

test('positions go there and back through texts of any kind', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, at) => {
      const length = Array.from(text).length;
      const position = Math.min(at, length);
      const utf16 = utf16Position(text, position);
      expect(codePointPosition(text, utf16)).toBe(position);
      expect(Array.from(text).slice(0, position).join('')).toBe(text.slice(0, utf16));
    }),
  );
});

test('a position behind the end is the end', () => {
  expect(utf16Position('😀', 9)).toBe(2);
});
