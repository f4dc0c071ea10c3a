import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clearLine, terminalText } from '../../../src/commands/terminal/terminal-text.js';

test('nothing that a name holds reaches the terminal but what is printable', () => {
  expect(terminalText('a\u001b]52;c;eA==\u0007b\u202etxt.exe\u009b2J\r\n\tc')).toBe(
    'a\\x1b]52;c;eA==\\x07b\\u{202e}txt.exe\\x9b2J\\x0d\n\tc',
  );
  expect(terminalText('naïve 表計算 😀')).toBe('naïve 表計算 😀');
  expect(terminalText(clearLine)).toBe(clearLine);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(text !== clearLine);
      expect(terminalText(text)).not.toMatch(/(?![\t\n])\p{Cc}/u);
    }),
  );
});
