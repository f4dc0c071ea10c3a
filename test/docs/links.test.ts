import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import GithubSlugger from 'github-slugger';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { visit } from 'unist-util-visit';
import { expect, test } from 'vitest';
import { findCommand } from '../../src/commands/command-line.js';
import { commands } from '../../src/commands/commands.js';
import { root } from '../database.js';
import { documents } from './documents.js';

const parsed = new Map(
  documents().map((file) => {
    const text = readFileSync(file, 'utf8');
    const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    return [file, tree] as const;
  }),
);

/** The anchors of a page, as readers of markdown make them of its headings. */
function anchorsOf(file: string): Set<string> {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  visit(parsed.get(file)!, 'heading', (heading) => {
    let text = '';
    visit(heading, (node) => {
      if (node.type === 'text' || node.type === 'inlineCode') text += node.value;
    });
    anchors.add(slugger.slug(text));
  });
  return anchors;
}

test('every link in the documentation leads to a file that is there, and to a heading of it', () => {
  const broken: string[] = [];
  for (const [file, tree] of parsed) {
    visit(tree, ['link', 'image', 'definition'], (node) => {
      if (!('url' in node) || /^[a-z]+:/.test(node.url)) return;
      const [path = '', anchor] = node.url.split('#');
      const target = path === '' ? file : resolve(dirname(file), decodeURIComponent(path));
      const isKnown = anchor === undefined || (parsed.has(target) && anchorsOf(target).has(anchor));
      if (!existsSync(target) || !isKnown) {
        broken.push(`${relative(root, file)}:${node.position?.start.line ?? 0}: ${node.url}`);
      }
    });
  }
  expect(broken).toEqual([]);
});

test('every picture of docs/images is shown somewhere, and none is large', () => {
  const texts = [...parsed.keys()].map((file) => readFileSync(file, 'utf8')).join('\n');
  const pictures = documents('images', '.png').map((file) => relative(join(root, 'docs'), file));
  expect(pictures.filter((picture) => !texts.includes(picture))).toEqual([]);
  expect(pictures.filter((one) => statSync(join(root, 'docs', one)).size > 400_000)).toEqual([]);
});

/** Command lines of `daybook` in code, each from its name to its end; a word in capitals is a placeholder. */
function commandLines(): { readonly place: string; readonly line: string }[] {
  const lines: { place: string; line: string }[] = [];
  for (const [file, tree] of parsed) {
    visit(tree, ['code', 'inlineCode'], (node) => {
      if (!('value' in node) || (node.type === 'code' && node.lang !== 'sh')) return;
      const place = `${relative(root, file)}:${node.position?.start.line ?? 0}`;
      for (const one of node.value.split('\n')) {
        const line = /(?:^|&& |npx |\$ |\* +)daybook (?!@)([a-z][^#&|;"]*)/.exec(one)?.[1]?.trim();
        if (line !== undefined) lines.push({ place, line });
      }
    });
  }
  return lines;
}

const groups = new Set(Object.keys(commands).map((name) => name.split(' ', 1)[0] ?? ''));

test('every command that the documentation names is there, with the options that it is given', async () => {
  const wrong: string[] = [];
  const lines = commandLines();
  expect(lines.length).toBeGreaterThan(100);
  for (const { place, line } of lines) {
    const words = line.split(/\s+/);
    // A group by itself, like `daybook users`, and a sentence about one.
    if (words.length === 1 && groups.has(words[0]!)) continue;
    try {
      const asked = findCommand(words);
      if ('overview' in asked) continue;
      const command = await asked.entry.load({ root: join(root, 'docs'), env: {} });
      const options = asked.rest.filter((word) => /^--?[a-z]/.test(word));
      const known = new Set(
        Object.entries(command.options).flatMap(([name, { short }]) => [
          `--${name}`,
          `-${short ?? ''}`,
        ]),
      );
      const unknown = options.filter((option) => !known.has(option.replace(/=.*$/, '')));
      if (unknown.length > 0 && !unknown.includes('--help')) {
        wrong.push(`${place}: daybook ${line}: ${unknown.join(', ')}`);
      }
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('an argument is missing')) {
        wrong.push(`${place}: daybook ${line}: ${String(error)}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
