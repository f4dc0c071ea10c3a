import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settleStreamText } from '../../../src/notebook/execute/stream-text.js';

test.each([
  ['', ''],
  ['plain\ntext\n', 'plain\ntext\n'],
  ['10%\r50%\r100%\n', '100%\n'],
  ['10%\r100%', '100%'],
  ['long line\rx', 'x'],
  ['waiting\r', 'waiting\r'],
  ['a\r\nb\r\n', 'a\r\nb\r\n'],
  ['a\r\r\nb', 'a\r\nb'],
  ['\r', '\r'],
  ['\r\r\r', '\r'],
  ['\ra', 'a'],
  ['abc\b\bx', 'ax'],
  ['\b\bx', 'x'],
  ['a\n\bx', 'a\nx'],
  ['😀\bx', 'x'],
  ['ab\b\rc', 'c'],
  ['\x1b[32mgreen\x1b[0m\r\x1b[31mred\x1b[0m', '\x1b[31mred\x1b[0m'],
])('%j is shown as %j', (text, shown) => {
  expect(settleStreamText(text)).toBe(shown);
});

test('text without control characters stays, and settling twice changes nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', '\r', '\b', '😀', ' ')), (pieces) => {
      const settled = settleStreamText(pieces.join(''));
      expect(settleStreamText(settled)).toBe(settled);
      expect(settled).not.toContain('\b');
      const plain = pieces.filter((piece) => piece !== '\r' && piece !== '\b').join('');
      expect(settleStreamText(plain)).toBe(plain);
    }),
  );
});

test.each([
  ['\r'.repeat(1e6) + 'x', 'x'],
  ['x\r'.repeat(1e6), 'x\r'],
  ['x\b'.repeat(1e6), ''],
])('a million of them are settled: %#', (text, settled) => {
  expect(settleStreamText(text)).toBe(settled);
});
