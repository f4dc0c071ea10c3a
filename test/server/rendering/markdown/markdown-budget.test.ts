import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Notebook } from '../../../../src/nbformat/notebook.js';
import {
  MarkdownBudget,
  weightOf,
} from '../../../../src/server/rendering/markdown/markdown-limits.js';
import { root } from '../../../database.js';
import { body, markdown } from '../content.js';

const note = 'Shown as it was written';

// Each of these took from two seconds to minutes, or all memory, in less than 256 KB.
test.each([
  ['tags in a paragraph', 'a <b> c\n'.repeat(20_000)],
  ['ends of tags', 'a </b> '.repeat(20_000)],
  ['comments that nothing ends', 'a <!-- '.repeat(10_000)],
  ['instructions that nothing ends', 'a <? '.repeat(20_000)],
  ['declarations that nothing ends', 'a <!X '.repeat(16_000)],
  ['CDATA that nothing ends', 'a <![CDATA[ '.repeat(8000)],
  ['deletions that delete nothing', 'a~~'.repeat(33_000)],
  ['underlined headings', 'a\n=\n'.repeat(20_000)],
  ['a table of a few rows that are all wider than written', wideTable(1000, 1000)],
  ['the same in a quote', wideTable(1000, 1000).replace(/^/gm, '> ')],
  ['a table of many rows', `|a|b|\n|-|-|\n${'|c|d|\n'.repeat(30_000)}`],
  ['a table that never comes', 'a|b\n'.repeat(50_000)],
  ['items of a list', '- a\n'.repeat(50_000)],
  ['numbered items', '1. a\n'.repeat(40_000)],
  [
    'lists in lists',
    Array.from({ length: 14 }, (_, depth) => `${'  '.repeat(depth)}- a\n`)
      .join('')
      .repeat(500),
  ],
  ['paragraphs', 'a\n\n'.repeat(50_000)],
  ['formulas', '$a$ '.repeat(50_000)],
  ['brackets', '['.repeat(40_000)],
  ['definitions', '[a]: x\n'.repeat(20_000)],
  ['footnotes', Array.from({ length: 8000 }, (_, index) => `[^${index}]: x\n`).join('')],
])('what would keep the server busy is shown as it was written: %s', (_, source) => {
  expect(source.length).toBeLessThan(256 * 1024);
  expect(markdown(source).slice(0, 100)).toContain(note);
});

function wideTable(columns: number, rows: number): string {
  return `${'|a'.repeat(columns)}|\n${'|-'.repeat(columns)}|\n${'|b\n'.repeat(rows)}`;
}

test('weighing a piece takes no longer than reading it, however it is made', () => {
  for (const text of [' ', '\t', '>', '-', '|', '=', ' >', '- |', '=-', '\n', ' \n']) {
    const source = text.repeat(256 * 1024);
    expect(weightOf(source)).toBeGreaterThan(0);
    expect(weightOf(`${source}a`)).toBeGreaterThan(0);
  }
});

test('all pieces of a page share one budget, and what is over it costs only itself', () => {
  const pieces = Array.from({ length: 20 }, () => 'words\n'.repeat(2000));
  const html = body(notebookOf([...pieces, 'The *end*.']));
  const refused = html.split(note).length - 1;
  expect(refused).toBeGreaterThan(10);
  expect(refused).toBeLessThan(20);
  expect(html).toContain('The <em>end</em>.');
});

function notebookOf(sources: readonly string[]): Notebook {
  const cells = sources.map((source, index) => ({
    id: `c${index}`,
    cell_type: 'markdown' as const,
    metadata: {},
    source,
  }));
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

test('texts that people write are far below it, also the longest', () => {
  const files = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
  const texts = files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      // A log of many years is read by its chapters.
      return file === 'docs/decisions.md' ? text.split(/^(?=## )/m) : [text];
    });
  expect(texts.length).toBeGreaterThan(8);
  for (const text of texts) expect(weightOf(text)).toBeLessThan(10_000);
  const prose = 'A sentence of *some* words with `code` and a [link](https://example.org/).\n';
  expect(new MarkdownBudget().affords(prose.repeat(2000))).toBe(true);
});
