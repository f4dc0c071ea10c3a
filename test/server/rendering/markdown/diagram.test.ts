import { expect, test } from 'vitest';
import { diagramDrawer } from '../../../../src/server/rendering/markdown/diagram.js';
import { eachElement } from '../../../../src/server/rendering/html/elements.js';
import { markdownToContent } from '../../../../src/server/rendering/markdown/markdown.js';
import { notebookOf, prose } from '../../published.js';
import { context, html } from '../content.js';

/** A fence of mermaid on a page. */
async function diagram(source: string) {
  const markdown = `\`\`\`mermaid\n${source}\n\`\`\``;
  const drawDiagram = await diagramDrawer(notebookOf([prose(markdown)]));
  return markdownToContent(markdown, { ...context, drawDiagram });
}

test.each([
  ['graph TD\n  A[Log files] --> B{Ok?}\n  B -->|no| C[(Rejects)]', 'Log files'],
  ['%% a comment\nflowchart LR\n  A --> B', 'A'],
  ['sequenceDiagram\n  Reader->>Server: asks', 'Reader'],
  ['stateDiagram-v2\n  [*] --> Running', 'Running'],
  ['erDiagram\n  RUN ||--o{ TASK : has', 'TASK'],
  ['classDiagram\n  Model <|-- View', 'Model'],
])('a diagram is drawn on the server, its source below: %s', async (source, word) => {
  const found = html(await diagram(source));
  expect(found).toMatch(/<figure class="diagram"><div class="diagram-picture"[^>]*><svg viewBox/);
  expect(found).toMatch(new RegExp(`<text[^>]*>(?:<tspan[^>]*>)?${word}`));
  expect(found).toContain('<summary>Source</summary>');
  // Each arrow head that is named is there.
  for (const [, id = ''] of found.matchAll(/url\(#([\w-]+)\)/g)) {
    expect(found).toContain(`id="${id}"`);
  }
});

test.each(['pie\n  "a": 3', 'nonsense', `graph TD\n${'A-->B\n'.repeat(2000)}`])(
  'what cannot be drawn is shown as its source, and says so',
  async (source) => {
    const found = html(await diagram(source));
    expect(found).not.toContain('<svg');
    expect(found).toContain('it cannot be drawn here');
    expect(found).toContain('language-mermaid');
  },
);

test.each([
  'graph TD\n  A["<img src=x onerror=alert(1)>"] --> B["<script>alert(1)</script>"]',
  'graph TD\n  A --> B\n  click A "javascript:alert(1)"\n  style A fill:url(https://example.org)',
  'graph TD\n  A --> B\n  classDef x fill:red,onload:alert(1)\n  class A x',
  'sequenceDiagram\n  A->>B: </svg><iframe src="https://example.org"></iframe>',
  'stateDiagram-v2\n  state "</text><foreignObject><b onclick=x>" as s1\n  [*] --> s1',
])('a diagram brings shapes and words alone: %s', async (source) => {
  const content = await diagram(source);
  eachElement(content, ({ tagName, properties }) => {
    expect(['script', 'iframe', 'img', 'foreignObject', 'a', 'style', 'use']).not.toContain(
      tagName,
    );
    for (const [name, value] of Object.entries(properties)) {
      expect(name).not.toMatch(/^on|href|src|^style$/i);
      if (String(value).includes('url(')) expect(value).toMatch(/^url\(#c1-d1-[\w-]+\)$/);
    }
  });
});

test('a notebook without diagrams loads nothing', async () => {
  expect(await diagramDrawer(notebookOf([prose('# x')]))).toBeUndefined();
});
