import fc from 'fast-check';
import { expect, test } from 'vitest';
import { terminalText } from '../../../../src/server/rendering/text/terminal-text.js';
import { textOf } from '../../../../src/server/rendering/html/elements.js';
import { html } from '../content.js';

// eslint-disable-next-line no-control-regex -- what must not be there
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

const esc = '\u001b';
const shown = (text: string) => html(terminalText(text));

test.each([
  ['the eight colours', `${esc}[31mred${esc}[39m plain`, '<span class="ansi-red">red</span> plain'],
  ['bright ones', `${esc}[92mx${esc}[0m`, '<span class="ansi-bright-green">x</span>'],
  [
    'several at once',
    `${esc}[1;4;34mx${esc}[m`,
    '<span class="ansi-bold ansi-underline ansi-blue">x</span>',
  ],
  ['256 colours', `${esc}[38;5;208mx`, '<span class="ansi-yellow">x</span>'],
  ['256 greys', `${esc}[38;5;240mx`, '<span class="ansi-bright-black">x</span>'],
  ['true colour', `${esc}[38;2;0;0;255mx`, '<span class="ansi-blue">x</span>'],
  ['true colour with colons', `${esc}[38:2:255:0:0mx`, '<span class="ansi-red">x</span>'],
  ['true colour in a colour space', `${esc}[38:2::0:0:255mx`, '<span class="ansi-blue">x</span>'],
  [
    'colons beside semicolons',
    `${esc}[1;38:5:208;3mx`,
    '<span class="ansi-bold ansi-italic ansi-yellow">x</span>',
  ],
  ['kinds of underline', `${esc}[4:3mx${esc}[4:0my`, '<span class="ansi-underline">x</span>y'],
  ['a colour of the underline', `${esc}[58:2::255:0:0mx`, 'x'],
  ['backgrounds', `${esc}[41mx${esc}[49my`, '<span class="ansi-on-red">x</span>y'],
  ['inverse', `${esc}[7mx${esc}[27my`, '<span class="ansi-inverse">x</span>y'],
  ['a colour out of range', `${esc}[38;5;999mx`, 'x'],
  ['links of terminals', `${esc}]8;;https://example.org${esc}\\text${esc}]8;;${esc}\\`, 'text'],
  ['window titles', `${esc}]0;title\u0007x`, 'x'],
  ['eight-bit sequences', '\u009b31mx', '<span class="ansi-red">x</span>'],
  ['moving the cursor', `a${esc}[2Ab${esc}[10Cc`, 'abc'],
  ['a sequence cut off', `a${esc}[3`, 'a'],
  ['markup', `<b>${esc}[1m&amp;`, '&#x3C;b><span class="ansi-bold">&#x26;amp;</span>'],
])('%s', (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

test.each([
  ['a line written over', '10 %\r100 %\n', '100 %\n'],
  ['a shorter text leaves the rest', 'abcdef\rXY', 'XYcdef'],
  ['erased to the end of the line', `abcdef\rXY${esc}[K`, 'XY'],
  ['line ends of Windows', 'a\r\nb\r\n', 'a\nb\n'],
  ['a backspace', 'ab\bc', 'ac'],
  ['a backspace at the line’s start', '\b\ba', 'a'],
])('%s', (_, text, expected) => {
  expect(textOf(terminalText(text))).toBe(expected);
});

test('colours stay with the characters that are written over', () => {
  expect(shown(`${esc}[31mabc${esc}[0m\r${esc}[32mX`)).toBe(
    '<span class="ansi-green">X</span><span class="ansi-red">bc</span>',
  );
});

test('no control character ever reaches the page, and text without any is kept', () => {
  const noise = fc.constantFrom(
    esc,
    '\r',
    '\b',
    '\u009b',
    `${esc}[`,
    `${esc}]`,
    '\u0000',
    '[31m',
    'm',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(noise, fc.string({ maxLength: 5 }))), (parts) => {
      expect(textOf(terminalText(parts.join('')))).not.toMatch(controls);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!controls.test(text));
      expect(textOf(terminalText(text))).toBe(text);
    }),
  );
});

test('a megabyte with a progress bar is what its last state is', () => {
  const text = Array.from(
    { length: 20_000 },
    (_, index) => `\r${index} of 20000 ${'#'.repeat(30)}`,
  ).join('');
  expect(textOf(terminalText(text))).toBe(`19999 of 20000 ${'#'.repeat(30)}`);
});
