import { expect, test } from 'vitest';
import { markdown } from '../content.js';

test('alerts, as GitHub writes them', () => {
  expect(markdown('> [!WARNING]\n> Mind *this*.')).toBe(
    '<div class="alert alert-warning" role="note"><p class="alert-kind">Warning</p>\n<p>Mind <em>this</em>.</p>\n</div>',
  );
  expect(markdown('> [!note]\n>\n> Body')).toContain('alert-note');
  expect(markdown('> [!other]\n> Body')).toContain('<blockquote>');
});

test('ids of footnotes belong to their piece, and their links lead there', () => {
  const html = markdown('One.[^1]\n\n[^1]: Note.');
  expect(html).toContain('id="c1-fnref-1"');
  expect(html).toContain('<li id="c1-fn-1">');
  expect(html).toContain('aria-describedby="c1-footnote-label"');
});

test('links say nothing to the other side and lead nowhere on this server', () => {
  expect(markdown('[a](https://example.org/x)')).toBe(
    '<p><a href="https://example.org/x" rel="noopener noreferrer">a</a></p>',
  );
  for (const href of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//example.org',
    '/notebooks/other',
    '../../secret.txt',
    'other.csv',
  ]) {
    expect(markdown(`<a href="${href}">a</a>`)).toBe('<p><a>a</a></p>');
  }
});

test('a link to another notebook leads to its page, if it has one', () => {
  expect(markdown('[plans](./plans.ipynb#s-x)')).toContain('href="/notebooks/plans#s-x"');
  expect(markdown('[other](other.ipynb)')).toBe('<p><a>other</a></p>');
});

test('images are shown from the notebook alone', () => {
  const png = { 'image/png': 'iVBORw0KGgo=' };
  expect(markdown('![A dot](attachment:dot.png)', { 'dot.png': png })).toBe(
    '<p><img src="data:image/png;base64,iVBORw0KGgo=" alt="A dot" loading="lazy"></p>',
  );
  expect(markdown('![x](attachment:missing.png)')).toContain('Image: x');
  expect(markdown('![x](attachment:constructor)')).toContain('Image: x');
  expect(markdown('![x](../secret.png)')).toBe(
    '<p><span class="missing-image">Image: x</span></p>',
  );
  expect(markdown('![x](https://example.org/x.png)')).toBe(
    '<p><a href="https://example.org/x.png" rel="noopener noreferrer">Image: x</a></p>',
  );
  expect(markdown('![x](data:text/html;base64,PHNjcmlwdD4=)')).not.toContain('data:');
});

test('fenced code has colours, unknown languages stay as they are', () => {
  expect(markdown('```ts\nconst a = 1;\n```')).toContain('<span class="hljs-keyword">const</span>');
  expect(markdown('```mermaid\ngraph TD; A-->B;\n```')).toContain(
    '<code class="language-mermaid">graph TD; A-->B;\n</code>',
  );
});

test('wide tables get a frame, numbers their class', () => {
  const html = markdown('| a | b |\n|---|---|\n| x | 1,200 |\n| y | – |');
  expect(html).toContain('<div class="table-frame" role="region" tabindex="0" aria-label="Table">');
  expect(html).toContain('<th class="number">b</th>');
  expect(html).toContain('<td class="number">–</td>');
  expect(html).toContain('<td class="short">x</td>');
});

test('HTML that is left open ends with its cell', () => {
  expect(markdown('<div><b>open\n\ntext')).toBe('<div><b>open\n<p>text</p></b></div>');
});

test('what would take too long to parse is shown as it stands', () => {
  expect(markdown('>'.repeat(50_000)).slice(0, 120)).toContain('<pre class="plain-text"');
  expect(markdown(`# ${'x'.repeat(300_000)}`).slice(0, 120)).toContain('<pre class="plain-text"');
});
