import { expect, test } from 'vitest';
import { eachElement } from '../../../../src/server/rendering/html/elements.js';
import { latexElement, mathElement } from '../../../../src/server/rendering/markdown/math.js';
import { html, markdown } from '../content.js';

test('formulas between dollars are MathML: in a line, on their own, in fences', () => {
  expect(markdown('The rate $\\frac{a}{b}$ of it.')).toMatch(
    /^<p>The rate <math xmlns="[^"]+"><semantics><mrow><mfrac><mi>a<\/mi><mi>b<\/mi><\/mfrac><\/mrow><annotation encoding="application\/x-tex">\\frac\{a\}\{b\}<\/annotation><\/semantics><\/math> of it.<\/p>$/,
  );
  for (const source of ['$$\nx^2\n$$', '```math\nx^2\n```', '$$ x^2 $$', 'So $$x^2$$ it is.']) {
    expect(markdown(source)).toContain('display="block"');
    expect(markdown(source)).toContain('<msup><mi>x</mi><mn>2</mn></msup>');
  }
  expect(markdown('$\\begin{pmatrix}1 & 2\\\\3 & 4\\end{pmatrix}$')).toContain('<mtable');
});

test.each(['It costs $5 to $10.', 'a $ b $ c', 'US$ 5 and US$ 6', '\\$x$ and `$x$`', 'one $x'])(
  'dollars that are money stay so: %s',
  (source) => {
    expect(markdown(source)).not.toContain('<math');
  },
);

test('a dollar sign in prose does not take away what is marked there', () => {
  expect(markdown('From $5 to **$10**, that is')).toBe(
    '<p>From $5 to <strong>$10</strong>, that is</p>',
  );
});

test('what is no TeX is shown as its source, with the reason', () => {
  expect(html([mathElement('\\frac{a', false)])).toMatch(
    /^<code class="math-error" title="KaTeX parse error: [^"]+">\\frac\{a<\/code>$/,
  );
});

const isHarmless =
  /^(?:math|semantics|annotation|m[a-z]+|code|className|title|xmlns|display|encoding)$/;

test.each([
  ['a link', '\\href{javascript:alert(1)}{x}'],
  ['a url', '\\url{javascript:alert(1)}'],
  ['an image', '\\includegraphics{https://example.org/x.png}'],
  ['a class', '\\htmlClass{banner}{x}'],
  ['a style', '\\htmlStyle{position:fixed}{x}'],
  ['data', '\\htmlData{a=b}{x}'],
  ['markup in text', '\\text{<img src=x onerror=alert(1)>}'],
  ['markup in a colour', '\\textcolor{"><script>alert(1)</script>}{x}'],
])('a formula brings no %s', (_, tex) => {
  const parts: string[] = [];
  eachElement([mathElement(tex, true)], ({ tagName, properties }) => {
    parts.push(tagName, ...Object.keys(properties));
  });
  expect(parts.filter((part) => !isHarmless.test(part))).toEqual([]);
});

test.each([
  ['a loop of macros', '\\def\\a{\\a\\a}\\a'],
  ['an explosion of macros', `\\def\\a{xx}${'\\def\\a{\\a\\a}'.repeat(3)}\\a`],
  ['one in a subscript', '\\def\\x{\\x\\x}a_{\\x}'],
  ['edef', '\\edef\\a{xx}\\edef\\a{\\a\\a\\a\\a\\a\\a\\a\\a\\a\\a\\a\\a}'.repeat(20)],
  ['a deep nest', '{'.repeat(2400) + '}'.repeat(2400)],
  ['a long one', 'x'.repeat(100_000)],
])('%s ends at once', (_, tex) => {
  expect(html([mathElement(tex, true)]).length).toBeLessThan(400_000);
});

test('sizes are bounded', () => {
  expect(html([mathElement('\\rule{1000000em}{1000000em}', true)])).not.toContain('1000000em"');
});

test('LaTeX of an output is a formula, however it is marked', () => {
  for (const latex of ['$x$', '$$x$$', '\\(x\\)', '\\[x\\]', 'x']) {
    expect(html([latexElement(latex)])).toContain('<mi>x</mi>');
  }
});
