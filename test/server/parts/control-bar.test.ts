import { toHtml } from 'hast-util-to-html';
import { expect, test } from 'vitest';
import { controlBar, linkControl } from '../../../src/server/parts/control-bar.js';

const option = (label: string, isCurrent = false) => ({ label, href: `/${label}`, isCurrent });

test('few values stand side by side, and the chosen one says so', () => {
  const html = toHtml(
    linkControl({ name: 'region', label: 'Region', options: [option('north', true), option('')] }),
  );
  expect(html).toContain('<a href="/north" aria-current="true">north</a>');
  expect(html).toContain('(empty)</a>');
  expect(html).not.toContain('<details');
});

test.each([
  ['many values', Array.from({ length: 7 }, (_, index) => option(String(index), index === 3)), '3'],
  ['long values', [option('x'.repeat(40)), option('y'.repeat(40))], 'Choose'],
])('%s are a list that opens', (_, options, summary) => {
  const html = toHtml(linkControl({ name: 'region', label: 'Region', options }));
  expect(html).toContain(`<details class="control-list"><summary>${summary}</summary>`);
});

test('a page without controls has no bar, and markup in labels is text', () => {
  expect(controlBar([])).toBeUndefined();
  const hostile = '<img src=x onerror=alert(1)>';
  const html = toHtml(
    linkControl({ name: hostile, label: hostile, options: [option(hostile, true)] }),
  );
  expect(html.replaceAll(/"[^"]*"/g, '')).not.toContain('<img');
});
