import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskFormulas } from '../../../../src/server/rendering/markdown/markdown-math.js';
import { markdown } from '../content.js';

/** The formulas of a page, as they were written within their marks. */
function formulasIn(source: string): string[] {
  return [
    ...markdown(source).matchAll(/<annotation encoding="application\/x-tex">(.*?)<\/annotation>/gs),
  ].map(([, tex = '']) => tex.replaceAll('&#x26;', '&').replaceAll('&#x3C;', '<'));
}

test.each<[name: string, source: string, formulas: string[]]>([
  ['an escaped dollar in one', 'Formula $p_2 = \\$1$ end.', ['p_2 = \\$1']],
  ['a bar in a table', '| a | b |\n| - | - |\n| $|x|$ | 5 |', ['|x|']],
  ['a condition in a table', '| a | b |\n| - | - |\n| $P(A|B)$ | 5 |', ['P(A|B)']],
  ['marks of markdown', '$a_1 * b_1 * c$ and $x_2$', ['a_1 * b_1 * c', 'x_2']],
  ['a less-than sign', '$a <b$ and $c> d$', ['a <b', 'c> d']],
  ['code within dollars', '$\\text{`a`}$', ['\\text{`a`}']],
  ['over two lines', '$a +\nb$', ['a +\nb']],
  ['on one line', '$$ x^2 $$', ['x^2']],
  ['on lines of its own', '$$\na\n\nb\n$$', ['a\n\nb']],
  ['without blank lines around', 'So\n$$\na = b\n- c\n$$\nthen', ['a = b\n- c']],
  ['in a quote', '> $$\n> a\n> $$', ['a']],
  ['in a list', '- $$\n  a\n  $$\n- $b$', ['a', 'b']],
  [
    'an environment',
    '\\begin{align}\na &= b \\\\\n- c &= d\n\\end{align}',
    ['\\begin{align}\na &= b \\\\\n- c &= d\n\\end{align}'],
  ],
  [
    'an environment in a line',
    'so \\begin{cases}a\\end{cases} it is',
    ['\\begin{cases}a\\end{cases}'],
  ],
  ['the same twice', '$a$ and $a$', ['a', 'a']],
  ['after an even number of backslashes', '$a \\\\$ b', ['a \\\\']],
  ['between bold marks', 'x**$a$**y', ['a']],
])('a formula is found: %s', (_, source, formulas) => {
  expect(formulasIn(source)).toEqual(formulas);
  // Nothing of what stands for them remains.
  expect(markdown(source)).not.toMatch(/[\ue000-\uf8ff]/);
});

test('what a formula stands in is as without it', () => {
  expect(markdown('| a | b |\n| - | - |\n| $|x|$ | 5 |')).toContain('<td class="number">5</td>');
  expect(markdown('So\n$$\na\n$$\nthen')).toMatch(
    /^<p>So<\/p>\n<div class="formula".*<\/div>\n<p>then<\/p>$/s,
  );
  expect(markdown('> $$\n> a\n> $$')).toMatch(/^<blockquote>\s*<div class="formula"/);
});

test.each([
  [
    'two dollars that nothing ends',
    'Price classes:\n\n$$$ = dear\n\nnext **bold** paragraph',
    '<strong>bold</strong>',
  ],
  ['two dollars alone', '$$ = mid\n\nnext **bold**', '<strong>bold</strong>'],
  [
    'before a code span with dollars',
    'It costs US$7 and `$x$` is code. Budget: `$100 per $USER`.',
    '<code>$x$</code>',
  ],
  ['code over several dollars', '`` a ` $x$ `` and $5', '<code>a ` $x$</code>'],
  ['in fences', '```\n$x$\n```', '$x$'],
  ['in an address', '[a](https://e.example/?a=$b$)', 'href="https://e.example/?a=$b$"'],
  ['in an attribute', '<span title="$a$">b</span>', 'title="$a$"'],
  ['cells of a table', '|a|b|\n|-|-|\n|$HOME|$USER|', '<td class="short">$HOME</td>'],
  ['amounts in cells', '|a|b|\n|-|-|\n| $5 | $6 |', '$5'],
  ['amounts in items', '- costs $5\n- or 6$', '<li>costs $5</li>'],
  ['an environment without an end', '\\begin{align}\na\n\nb', 'begin{align}'],
  [
    'an environment that is none of mathematics',
    '\\begin{itemize}a\\end{itemize}',
    'begin{itemize}',
  ],
])('no formula: %s', (_, source, part) => {
  expect(markdown(source)).toContain(part);
  expect(markdown(source)).not.toContain('<math');
  expect(markdown(source)).not.toMatch(/[\ue000-\uf8ff]/);
});

const words = fc.constantFrom(
  ...[
    'a',
    ' ',
    '\n',
    '\n\n',
    '*',
    '_',
    '`',
    '```\n',
    '|',
    '- ',
    '> ',
    '# ',
    '1. ',
    '[a](b)',
    '<b>',
    '\\',
    '\ue000',
    '\r\n',
    '\\begin{x}',
  ],
);
const amount = fc.oneof(
  fc.integer({ min: 1, max: 10_000 }).map((number) => `$${number}`),
  fc.constantFrom('US$5', '$1,000.50', '$3 M', 'CA$ 7'),
);

test('text without formulas is untouched, and amounts of money stay', () => {
  fc.assert(
    fc.property(
      fc.array(words).map((all) => all.join('')),
      (text) => {
        expect(maskFormulas(text).text).toBe(text);
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(amount, fc.constantFrom(' to ', ' and\n', ', or ', '; '))),
      (all) => {
        expect(markdown(all.flat().join(''))).not.toContain('<math');
      },
    ),
  );
});

test('masked text is the source again once each word is replaced', () => {
  const parts = fc.constantFrom(
    ...[
      '$',
      '$$',
      '\\$',
      'a',
      ' ',
      '\n',
      '\n\n',
      '`',
      '```\n',
      '|',
      '\\begin{align}',
      '\\end{align}',
      '\\\\',
      '> ',
      '- ',
      '5',
      '|-|-|\n',
    ],
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 60 }).map((all) => all.join('')),
      (source) => {
        const { text, formulas, word } = maskFormulas(source);
        expect(text.replace(word, (one) => formulas.get(one)?.source ?? one)).toBe(source);
        expect(markdown(source)).not.toMatch(/[\ue000-\uf8ff]/);
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  '$',
  '$$',
  '$a',
  '$$\n',
  '\\begin{align}',
  '\\end{align}',
  '\\',
  '`',
  '`$',
  '```\n$',
  '|-',
  '|\n',
  '\n',
  ' \n',
  '>',
  '$a$ ',
])('formulas are looked for in time that grows with the text: %j', (token) => {
  const text = token.repeat(1_000_000 / token.length);
  expect(maskFormulas(`${text}$`).text.length).toBeGreaterThan(0);
  expect(maskFormulas(`$$\n${text}\\end{align}`).text.length).toBeGreaterThan(0);
});
