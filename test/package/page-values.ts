import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Element, Nodes } from 'hast';
import { fromHtml } from 'hast-util-from-html';

/** What says when and by which run something was made; the same page says something else a minute later. */
const isOfRun = ({ tagName, properties: { className } }: Element) =>
  ['time', 'nav', 'svg', 'script'].includes(tagName) ||
  (Array.isArray(className) && className.includes('page-facts'));

/** The links that save a figure, which are more in one version than in another. */
const isFile = ({ properties: { className, download } }: Element) =>
  download !== undefined || (Array.isArray(className) && className.includes('figure-files'));

/** Elements of which each is one value: a number with its label, a row, a sentence. */
const values = new Set(['h1', 'h2', 'h3', 'h4', 'p', 'li', 'dt', 'dd', 'tr', 'figcaption']);

/**
 * What the pages of an exported dashboard say, whatever their markup is: headings, sentences, rows of tables, and the
 * data of their figures.
 *
 * @returns The values of each file that is a page or data.
 */
export function pageValues(folder: string): Map<string, string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    files
      .filter((file) => /\.(?:html|csv)$/.test(file) && !file.startsWith('assets/'))
      .map((file) => {
        const text = readFileSync(join(folder, file), 'utf8');
        return [file, file.endsWith('.csv') ? text.trim().split(/\r?\n/) : htmlValues(text)];
      }),
  );
}

function htmlValues(html: string): string[] {
  const found: string[] = [];
  const collect = (node: Nodes, isInMain: boolean) => {
    if (node.type === 'element' && isInMain) {
      if (isOfRun(node)) return;
      if (values.has(node.tagName)) {
        const said = words(node).join(' ').replaceAll(/\s+/g, ' ').replaceAll(ofRun, '…');
        if (said.trim() !== '') found.push(said.trim());
        return;
      }
    }
    if (!('children' in node)) return;
    const isMain = node.type === 'element' && node.tagName === 'main';
    for (const child of node.children) collect(child, isInMain || isMain);
  };
  collect(fromHtml(html), false);
  return found;
}

/** Durations, and numbers of runs. */
const ofRun = /\b\d[\d.,]*\s(?:ms|s|min|h)\b|(?<=\b[Rr]un )\d+/g;

function words(node: Nodes): string[] {
  if (node.type === 'text') return [node.value];
  if (!('children' in node)) return [];
  if (node.type === 'element' && (isOfRun(node) || isFile(node))) return [];
  return node.children.flatMap(words);
}
